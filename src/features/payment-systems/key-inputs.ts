import { z } from 'zod';
import { idempotencyKey } from '../../platform/graphql/validation.js';
import { PUBLISHABLE_KEY, SECRET_KEY } from './domain/account-keys.js';

/** The fields that several inputs share. No message repeats what was given: it is a secret, or was meant to be one. */
export const keyInputs = {
  publishableKey: z
    .string()
    .regex(PUBLISHABLE_KEY, 'must be a publishable key, which begins with pk_test_ or pk_live_'),
  secretKey: z
    .string()
    .regex(
      SECRET_KEY,
      'must be a secret or restricted key, which begins with sk_test_, sk_live_, rk_test_ or rk_live_',
    ),
  idempotencyKey: idempotencyKey.nullish(),
};
