import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import {
  currency,
  freeText,
  idempotencyKey,
  metadata,
  ownNumber,
  publicIdOf,
  url,
  validated,
} from '../../platform/graphql/validation.js';
import {
  agreementTermsInput,
  type CardCarrier,
  countUpTo,
  date,
  decimalText,
  externalId,
  type InputRules,
  madeOnce,
  or,
  orNull,
  paymentInput,
  refuseCardData,
} from '../orders/index.js';
import { payerInput } from '../payers/index.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import { chargeAmountInput, installmentPlanInput, scheduleInput, topUpInput } from './agreement-part-inputs.js';
import type { ImportedAgreement } from './import-agreement.js';
import type { NewAgreement } from './new-agreement.js';

const PAYMENTS_MAX = 999;

export const orderNumber = orNull(ownNumber({ max: 128 }));

/** What a new agreement and an imported one have in common. */
const COMMON = {
  merchantId: orNull(z.string()),
  paymentSystemAccountId: orNull(publicIdOf('paymentSystemAccount').transform((uuid) => ({ uuid }))),
  payer: payerInput,
  terms: agreementTermsInput,
  currency,
  chargeAmount: orNull(chargeAmountInput),
  schedule: orNull(scheduleInput),
  topUp: orNull(topUpInput),
  idempotencyKey: idempotencyKey.nullish(),
} as const;

const createAgreementFor = madeOnce((rules) =>
  z
    .object({
      ...COMMON,
      payment: orNull(paymentInput(rules)),
      firstAmount: orNull(decimalText()),
      firstOrderNumber: orderNumber,
      installments: orNull(installmentPlanInput),
      returnUrl: orNull(url({ httpAllowed: rules.httpUrlsAllowed })),
      metadata: orNull(metadata),
    })
    .superRefine(({ terms, metadata: notes }, context) => {
      if (notes === null || Object.keys(terms.metadata).length === 0) return;
      context.addIssue({ code: 'custom', path: ['metadata'], message: 'is in terms already: give one of them' });
    }),
);

/** `CreateAgreementInput`, checked in one go, as the agreement it asks for. */
export function newAgreementOf(
  principal: Principal,
  input: { readonly payment?: CardCarrier | null | undefined },
  rules: InputRules,
): NewAgreement {
  refuseCardData(input.payment, rules);
  const { metadata: notes, ...wanted } = validated(createAgreementFor(rules), input);
  const { given, ...rest } = ownedBy(principal, wanted);
  return { ...rest, given: notes === null ? given : { ...given, metadata: notes } };
}

const importedCredential = z
  .object({
    token: orNull(externalId),
    externalCustomerId: orNull(externalId),
    storedCredentialId: orNull(publicIdOf('storedCredential').transform((uuid) => ({ uuid }))),
  })
  .superRefine(({ token, externalCustomerId, storedCredentialId }, context) => {
    if ((token === null) === (storedCredentialId === null)) {
      context.addIssue({ code: 'custom', message: 'must have exactly one of token and storedCredentialId' });
    }
    if ((token === null) !== (externalCustomerId === null)) {
      const message = token === null ? 'goes with token only' : 'is needed with token: the customer it belongs to';
      context.addIssue({ code: 'custom', path: ['externalCustomerId'], message });
    }
  })
  .transform(({ token, externalCustomerId, storedCredentialId }) =>
    token === null ? { storedCredentialId: storedCredentialId?.uuid ?? null } : { token, externalCustomerId },
  );

const importAgreement = z.object({
  ...COMMON,
  credential: importedCredential,
  firstTransaction: z.object({ date, reference: freeText({ max: 255 }) }),
  paymentsMade: or(countUpTo(PAYMENTS_MAX, 0), 0),
  lastPaymentDate: orNull(date),
});

/** `ImportAgreementInput`, checked in one go. */
export function importedAgreementOf(principal: Principal, input: object): ImportedAgreement {
  return ownedBy(principal, validated(importAgreement, input));
}

const createAgreementFromOrder = z.object({
  orderId: publicIdOf('order'),
  terms: agreementTermsInput,
  chargeAmount: COMMON.chargeAmount,
  schedule: COMMON.schedule,
  idempotencyKey: COMMON.idempotencyKey,
});

/** `CreateAgreementFromOrderInput`, checked in one go. A broken id is an id of nothing. */
export function agreementFromOrderOf(input: object) {
  const { orderId, terms, idempotencyKey: _key, ...rest } = validated(createAgreementFromOrder, input);
  if (!orderId) throw notFound('order');
  return { ...rest, orderId, terms };
}

type Common = z.output<z.ZodObject<typeof COMMON>>;

/** The agreement as the principal may ask for it: of which merchant, in which mode, through which account. */
function ownedBy<Wanted extends Common>(principal: Principal, wanted: Wanted) {
  const { merchantId, paymentSystemAccountId: account, terms: given, idempotencyKey: _key, ...rest } = wanted;
  if (account && !account.uuid) throw notFound('payment system account');
  return {
    ...rest,
    given,
    merchantId: merchantOf(principal, merchantId),
    mode: principal.mode,
    accountId: account?.uuid ?? null,
  };
}
