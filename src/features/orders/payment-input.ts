import { z } from 'zod';
import { DomainError } from '../../kernel/errors.js';
import { TRANSACTION_SOURCES } from '../../kernel/transaction-source.js';
import { freeText, publicIdOf } from '../../platform/graphql/validation.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Principal, requestOf } from '../tenancy/index.js';
import { cardInput } from './card-input.js';
import { STORED_ON_FILE } from './domain/scheme-rules.js';
import { externalId, type InputRules, or, orNull } from './input-parts.js';
import type { PaymentGiven } from './new-order.js';

/** An input that may have card data in it. */
export interface CardCarrier {
  readonly credential: { readonly card?: unknown };
}

const CARD_PATH = 'payment.credential.card';

/** A payer's clock, or a merchant's, may be a little ahead of ours. */
const CLOCKS_DIFFER_MS = 60 * 1000;

/** A mandate that was not used for three years is void; this is for those of agreements that moved here. */
const MANDATE_YEARS_MAX = 10;

/** First of all, and without a word of what was sent: nothing of it may reach a message, a log or a hash. */
export function refuseCardData(payment: CardCarrier | null | undefined, { cardDataAccepted }: InputRules): void {
  if (cardDataAccepted || payment?.credential.card == null) return;
  throw new DomainError(
    'CARD_DATA_NOT_ALLOWED',
    `${CARD_PATH}: card data is not accepted; pay with a token of the payment system`,
  );
}

/** The request as its principal would repeat it, without the card: even the hash of a card number can be undone. */
export function paymentRequestOf(
  principal: Principal,
  mutation: string,
  input: { readonly idempotencyKey?: string | null | undefined },
): IdempotentRequest {
  return { ...requestOf(principal, mutation, input), redact: [CARD_PATH] };
}

/** `PaymentInput`, checked. */
export function paymentInput(rules: InputRules) {
  return z
    .object({
      credential: credentialInput(rules),
      source: or(z.enum(TRANSACTION_SOURCES), 'INTERNET'),
      storedOnFile: orNull(z.enum(STORED_ON_FILE)),
      mandate: orNull(mandateInput(rules)),
    })
    .transform((payment): PaymentGiven => payment);
}

function credentialInput(rules: InputRules) {
  const ways = rules.cardDataAccepted ? 'token, storedCredentialId and card' : 'token and storedCredentialId';
  return z
    .object({
      token: orNull(externalId),
      externalCustomerId: orNull(externalId),
      storedCredentialId: orNull(publicIdOf('storedCredential').transform((uuid) => ({ uuid }))),
      card: orNull(cardInput(rules)),
    })
    .superRefine(({ token, externalCustomerId, storedCredentialId, card }, context) => {
      if ([token, storedCredentialId, card].filter((each) => each !== null).length !== 1) {
        context.addIssue({ code: 'custom', message: `must have exactly one of ${ways}` });
      }
      if (externalCustomerId !== null && token === null) {
        context.addIssue({ code: 'custom', path: ['externalCustomerId'], message: 'goes with token only' });
      }
    })
    .transform(({ token, externalCustomerId, storedCredentialId, card }): PaymentGiven['credential'] => {
      if (card !== null) return { card };
      if (token !== null) return { token, externalCustomerId };
      return { storedCredentialId: storedCredentialId?.uuid ?? null };
    });
}

function yearsBefore(instant: Date, years: number): Date {
  const before = new Date(instant);
  before.setUTCFullYear(instant.getUTCFullYear() - years);
  return before;
}

function moment(value: unknown): string {
  return value instanceof Date ? value.toISOString() : 'no moment';
}

function mandateInput({ now }: InputRules) {
  return z
    .object({
      acceptedAt: z
        .date()
        .refine((date) => date.getTime() <= now().getTime() + CLOCKS_DIFFER_MS, {
          error: ({ input }) => `must not be in the future, later than ${now().toISOString()}: ${moment(input)}`,
        })
        .refine((date) => date >= yearsBefore(now(), MANDATE_YEARS_MAX), {
          error: ({ input }) =>
            `must be in the last ${MANDATE_YEARS_MAX} years, since ${yearsBefore(now(), MANDATE_YEARS_MAX).toISOString()}, not ${moment(input)}`,
        }),
      ipAddress: orNull(z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address')),
      userAgent: orNull(freeText({ max: 1000 })),
    })
    .superRefine(({ ipAddress, userAgent }, context) => {
      if ((ipAddress === null) === (userAgent === null)) return;
      const [missing, given] = ipAddress === null ? ['ipAddress', 'userAgent'] : ['userAgent', 'ipAddress'];
      context.addIssue({ code: 'custom', path: [missing], message: `is needed with ${given}: give both or neither` });
    });
}
