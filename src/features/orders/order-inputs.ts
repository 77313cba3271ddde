import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import {
  callbackUrl,
  freeText,
  idempotencyKey,
  metadata,
  money,
  ownNumber,
  publicIdOf,
  text,
  url,
  validated,
} from '../../platform/graphql/validation.js';
import { payerInput } from '../payers/index.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import { agreementTermsInput, type GivenTerms } from './agreement-terms-input.js';
import { CANCELLATION_REASONS } from './cancel-order.js';
import { LANGUAGES } from './domain/language.js';
import { CAPTURE_MODES } from './domain/order-status.js';
import { type InputRules, madeOnce, or, orNull } from './input-parts.js';
import type { OrderGiven } from './new-order.js';
import type { PaymentOfOrder } from './pay-order.js';
import { type CardCarrier, paymentInput, refuseCardData } from './payment-input.js';

const EXPIRES_MIN_MS = 60 * 1000;
const EXPIRES_MAX_MS = 30 * 24 * 60 * 60 * 1000;

/** With the time of its operator's own clock, which the schema, made once for all, does not know. */
const expiry = z
  .object({ at: z.date(), now: z.date() })
  .refine(({ at, now }) => {
    const ahead = at.getTime() - now.getTime();
    return ahead >= EXPIRES_MIN_MS && ahead <= EXPIRES_MAX_MS;
  }, 'must be a minute to 30 days from now')
  .transform(({ at }) => at);

function createOrderSchema(rules: InputRules) {
  const httpAllowed = rules.httpUrlsAllowed;
  return z.object({
    merchantId: orNull(z.string()),
    paymentSystemAccountId: orNull(publicIdOf('paymentSystemAccount').transform((uuid) => ({ uuid }))),
    orderNumber: ownNumber({ max: 128 }),
    amount: money(),
    saveCredential: or(z.boolean(), false),
    captureMode: or(z.enum(CAPTURE_MODES), 'AUTOMATIC'),
    description: orNull(freeText({ max: 500, multiline: true })),
    language: orNull(
      z.enum(['EN', 'RO', 'RU']).transform((code) => LANGUAGES.find((each) => each === code.toLowerCase()) ?? null),
    ),
    payer: orNull(payerInput),
    payment: orNull(paymentInput(rules)),
    agreement: orNull(agreementTermsInput),
    returnUrl: orNull(url({ httpAllowed })),
    callbackUrl: orNull(callbackUrl({ httpAllowed })),
    expiresAt: orNull(expiry),
    metadata: orNull(metadata),
    idempotencyKey: idempotencyKey.nullish(),
  });
}

const createOrderSchemaFor = madeOnce(createOrderSchema);

/** What the edge makes of the terms before the agreements feature has its say. */
type WithTerms<Wanted> = Omit<Wanted, 'agreement'> & { readonly agreement: GivenTerms | null };

/** `CreateOrderInput`, checked in one go, as the order it asks for. */
export function newOrderOf(
  principal: Principal,
  input: { readonly payment?: CardCarrier | null | undefined; readonly expiresAt?: Date | null | undefined },
  rules: InputRules,
): WithTerms<OrderGiven> {
  refuseCardData(input.payment, rules);
  const expiresAt = input.expiresAt && { at: input.expiresAt, now: rules.nowOf(principal.operatorId) };
  const {
    idempotencyKey: _key,
    paymentSystemAccountId: account,
    ...rest
  } = validated(createOrderSchemaFor(rules), { ...input, expiresAt });
  if (account && !account.uuid) throw notFound('payment system account');
  return {
    ...rest,
    merchantId: merchantOf(principal, rest.merchantId),
    mode: principal.mode,
    accountId: account?.uuid ?? null,
    metadata: rest.metadata ?? {},
  };
}

const orderId = publicIdOf('order');
const amount = orNull(text({ max: 40 }));

const payOrderSchemaFor = madeOnce((rules) =>
  z.object({
    orderId,
    payment: paymentInput(rules),
    agreement: orNull(agreementTermsInput),
    idempotencyKey: idempotencyKey.nullish(),
  }),
);
const captureOrder = z.object({
  orderId,
  amount,
  finalCapture: or(z.boolean(), true),
  idempotencyKey: idempotencyKey.nullish(),
});
const cancelOrder = z.object({
  orderId,
  amount,
  reason: or(z.enum(CANCELLATION_REASONS), 'MERCHANT'),
  idempotencyKey: idempotencyKey.nullish(),
});
const increaseAuthorization = z.object({
  orderId,
  amount: text({ max: 40 }),
  idempotencyKey: idempotencyKey.nullish(),
});

export function paymentWantedOf(
  input: { readonly payment: CardCarrier },
  rules: InputRules,
): WithTerms<PaymentOfOrder> {
  refuseCardData(input.payment, rules);
  return withOrder(validated(payOrderSchemaFor(rules), input));
}

export function captureWantedOf(input: object) {
  const { finalCapture: final, ...rest } = validated(captureOrder, input);
  return withOrder({ ...rest, final });
}

export function cancellationWantedOf(input: object) {
  return withOrder(validated(cancelOrder, input));
}

export function increaseWantedOf(input: object) {
  const { amount: total, ...rest } = validated(increaseAuthorization, input);
  return withOrder({ ...rest, total });
}

/** A broken id is an id of nothing. */
function withOrder<Wanted extends { readonly orderId: string | null }>(
  wanted: Wanted,
): Wanted & { readonly orderId: string } {
  const { orderId } = wanted;
  if (!orderId) throw notFound('order');
  return { ...wanted, orderId };
}
