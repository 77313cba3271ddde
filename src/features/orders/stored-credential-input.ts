import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { currency, idempotencyKey, ownNumber, publicIdOf, url, validated } from '../../platform/graphql/validation.js';
import { payerInput } from '../payers/index.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import type { CredentialToAdd } from './add-stored-credential.js';
import { type InputRules, madeOnce, or, orNull } from './input-parts.js';
import { type CardCarrier, paymentInput, refuseCardData } from './payment-input.js';

const schemaFor = madeOnce((rules) =>
  z.object({
    merchantId: orNull(z.string()),
    paymentSystemAccountId: orNull(publicIdOf('paymentSystemAccount').transform((uuid) => ({ uuid }))),
    payer: payerInput,
    payment: paymentInput(rules),
    orderNumber: orNull(ownNumber({ max: 128 })),
    currency: or(currency, currency.parse('USD')),
    returnUrl: orNull(url({ httpAllowed: rules.httpUrlsAllowed })),
    idempotencyKey: idempotencyKey.nullish(),
  }),
);

/** `AddStoredCredentialInput`, checked. */
export function credentialToAddOf(
  principal: Principal,
  input: { readonly payment: CardCarrier },
  rules: InputRules,
): CredentialToAdd {
  refuseCardData(input.payment, rules);
  const { idempotencyKey: _key, paymentSystemAccountId: account, ...rest } = validated(schemaFor(rules), input);
  if (account && !account.uuid) throw notFound('payment system account');
  return {
    ...rest,
    merchantId: merchantOf(principal, rest.merchantId),
    mode: principal.mode,
    accountId: account?.uuid ?? null,
  };
}
