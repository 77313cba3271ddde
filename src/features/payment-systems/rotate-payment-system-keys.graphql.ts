import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { publicIdOf } from '../../platform/graphql/validation.js';
import { keyInputs } from './key-inputs.js';
import { PaymentSystemAccountType } from './payment-system-account.graphql.js';

const OVERLAP_HOURS = 24;
const OVERLAP_HOURS_MAX = 168;

@InputType({ description: 'New keys of an account that is connected already.' })
export class RotatePaymentSystemKeysInput {
  @Field(() => ID, { description: 'The account whose keys are replaced.' })
  readonly accountId!: string;

  @Field(() => String, { description: 'Of the same account at the payment system, and of the same mode.' })
  readonly publishableKey!: string;

  @Field(() => String, { description: 'Of the same account at the payment system, and of the same mode.' })
  readonly secretKey!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: OVERLAP_HOURS,
    description:
      '0 to 168. For so long events sent to the older webhook endpoint are still taken in. ' +
      'Expire the older secret key at the payment system yourself when this has succeeded.',
  })
  readonly overlapHours?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again change nothing more.',
  })
  readonly idempotencyKey?: string | null;
}

export const rotatePaymentSystemKeysInput = z.object({
  ...keyInputs,
  accountId: publicIdOf('paymentSystemAccount'),
  overlapHours: z
    .int('must be a whole number of hours')
    .min(0, `must be 0 to ${OVERLAP_HOURS_MAX} hours`)
    .max(OVERLAP_HOURS_MAX, `must be 0 to ${OVERLAP_HOURS_MAX} hours`)
    .nullish()
    .transform((hours) => hours ?? OVERLAP_HOURS),
});

@ObjectType({ description: 'The account with its new keys.' })
export class RotatePaymentSystemKeysPayload {
  @Field(() => PaymentSystemAccountType, {
    description: 'ACTIVE, also if its old keys had been rejected; `secretKeyHint` shows the new one.',
  })
  readonly account: PaymentSystemAccountType;

  constructor(account: PaymentSystemAccountType) {
    this.account = account;
  }
}

export const RotatePaymentSystemKeysResult = resultOf('RotatePaymentSystemKeysResult', RotatePaymentSystemKeysPayload);
