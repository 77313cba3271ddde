import { z } from 'zod';
import { DomainError, notFound } from '../../kernel/errors.js';
import { TRANSACTION_SOURCES } from '../../kernel/transaction-source.js';
import {
  freeText,
  idempotencyKey,
  metadata,
  money,
  publicIdOf,
  text,
  url,
  validated,
  withoutCardNumber,
} from '../../platform/graphql/validation.js';
import { payerInput } from '../payers/index.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import { CANCELLATION_REASONS } from './cancel-order.js';
import { CAPTURE_MODES } from './domain/order-status.js';
import { STORED_ON_FILE } from './domain/scheme-rules.js';
import type { NewOrder, NewPaymentDetails } from './new-order.js';

/** Where URLs may point; plain http is for development and tests. */
export interface InputRules {
  readonly httpUrlsAllowed: boolean;
  readonly now: () => Date;
}

const EXPIRES_MIN_MS = 60 * 1000;
const EXPIRES_MAX_MS = 30 * 24 * 60 * 60 * 1000;

/** A default of the schema stands for absent and for null alike. */
const or = <Schema extends z.ZodType, Value extends z.output<Schema>>(schema: Schema, value: Value) =>
  schema.nullish().transform((given) => given ?? value);

const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

/** The payment system's ids: its own alphabet, so that nothing else travels into a URL of it. */
const externalId = withoutCardNumber(
  z.string().regex(/^[A-Za-z0-9_]{1,255}$/, 'must be 1 to 255 letters, digits and underscores'),
);

const credential = z
  .object({
    token: orNull(externalId),
    externalCustomerId: orNull(externalId),
    storedCredentialId: orNull(publicIdOf('storedCredential').transform((uuid) => ({ uuid }))),
  })
  .superRefine(({ token, externalCustomerId, storedCredentialId }, context) => {
    if ((token === null) === (storedCredentialId === null)) {
      context.addIssue({ code: 'custom', message: 'must have exactly one of token and storedCredentialId' });
    }
    if (externalCustomerId !== null && token === null) {
      context.addIssue({ code: 'custom', path: ['externalCustomerId'], message: 'goes with token only' });
    }
  });

const payment = z
  .object({
    credential,
    source: or(z.enum(TRANSACTION_SOURCES), 'INTERNET'),
    storedOnFile: orNull(z.enum(STORED_ON_FILE)),
  })
  .transform(({ credential: { token, externalCustomerId, storedCredentialId }, ...rest }): NewPaymentDetails => {
    if (token !== null) return { ...rest, credential: { token, externalCustomerId } };
    return { ...rest, credential: { storedCredentialId: storedCredentialId?.uuid ?? null } };
  });

function expiresAt({ now }: InputRules) {
  return z.date().refine((date) => {
    const ahead = date.getTime() - now().getTime();
    return ahead >= EXPIRES_MIN_MS && ahead <= EXPIRES_MAX_MS;
  }, 'must be a minute to 30 days from now');
}

function createOrderSchema(rules: InputRules) {
  const address = orNull(url({ httpAllowed: rules.httpUrlsAllowed }));
  return z.object({
    merchantId: orNull(z.string()),
    paymentSystemAccountId: orNull(publicIdOf('paymentSystemAccount').transform((uuid) => ({ uuid }))),
    orderNumber: freeText({ max: 128 }),
    amount: money(),
    saveCredential: or(z.boolean(), false),
    captureMode: or(z.enum(CAPTURE_MODES), 'AUTOMATIC'),
    description: orNull(freeText({ max: 500, multiline: true })),
    payer: orNull(payerInput),
    payment: orNull(payment),
    returnUrl: address,
    callbackUrl: address,
    expiresAt: orNull(expiresAt(rules)),
    metadata: orNull(metadata),
    idempotencyKey: idempotencyKey.nullish(),
  });
}

type CreateOrderSchema = ReturnType<typeof createOrderSchema>;
const createOrderSchemas = new WeakMap<InputRules, CreateOrderSchema>();

/** Made once for the rules of a process: zod compiles a schema when it is first used, which took 0.9 ms of every order. */
function createOrderSchemaFor(rules: InputRules): CreateOrderSchema {
  const schema = createOrderSchemas.get(rules) ?? createOrderSchema(rules);
  createOrderSchemas.set(rules, schema);
  return schema;
}

/** `CreateOrderInput`, checked in one go, as the order it asks for. */
export function newOrderOf(
  principal: Principal,
  input: { readonly payment?: CardCarrier | null | undefined },
  rules: InputRules,
): NewOrder {
  refuseCardData(input.payment);
  const {
    idempotencyKey: _key,
    paymentSystemAccountId: account,
    ...rest
  } = validated(createOrderSchemaFor(rules), input);
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

const payOrder = z.object({ orderId, payment, idempotencyKey: idempotencyKey.nullish() });
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

export function paymentWantedOf(input: { readonly payment: CardCarrier }) {
  refuseCardData(input.payment);
  return withOrder(validated(payOrder, input));
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

interface CardCarrier {
  readonly credential: { readonly card?: unknown };
}

/** First of all, and without a word of what was sent: nothing of it may reach a message, a log or a hash. */
function refuseCardData(payment: CardCarrier | null | undefined): void {
  if (payment?.credential.card == null) return;
  throw new DomainError(
    'CARD_DATA_NOT_ALLOWED',
    'payment.credential.card: card data is not accepted; pay with a token of the payment system',
  );
}
