import { z } from 'zod';
import {
  AGREEMENT_TYPES,
  type AgreementType,
  AMOUNT_VARIABILITIES,
  type AmountVariability,
  PAYMENT_FREQUENCIES,
  type PaymentFrequency,
} from '../../kernel/agreement-type.js';
import { freeText, metadata } from '../../platform/graphql/validation.js';
import { decimalText, orNull } from './input-parts.js';

/** What a payer is to agree to, as it was given: amounts are decimal texts, because their currency is the order's. */
export interface GivenTerms {
  readonly type: AgreementType;
  readonly terms: {
    /** The merchant's own; null: one is made. */
    readonly reference: string | null;
    readonly amountVariability: AmountVariability | null;
    readonly startDate: string | null;
    readonly expiryDate: string | null;
    readonly minimumAmount: string | null;
    readonly maximumAmount: string | null;
    readonly minimumDaysBetweenPayments: number | null;
    readonly numberOfPayments: number | null;
    readonly frequency: PaymentFrequency | null;
    readonly retailer: {
      readonly abbreviatedTradingName: string | null;
      readonly merchantCategoryCode: string | null;
      readonly tradingName: string | null;
    } | null;
  };
  readonly metadata: Readonly<Record<string, string>>;
}

const DAYS_MAX = 9999;
const PAYMENTS_MAX = 999;

/** A count of so many; GraphQL has seen to it that it is whole, a file has not. */
export function countUpTo(max: number, min = 1) {
  return z.number().refine((count) => Number.isInteger(count) && count >= min && count <= max, {
    error: ({ input }) => `must be a whole number from ${min} to ${max}, not ${input}`,
  });
}

export const minimumDays = countUpTo(DAYS_MAX);
export const numberOfPayments = countUpTo(PAYMENTS_MAX);
/** Within these a schedule can be counted, and a moment of it written, in every time zone. */
const DAY_MIN = '1970-01-01';
const DAY_MAX = '2199-12-31';

export const date = z.iso
  .date({ error: 'must be a day such as "2026-11-21"', abort: true })
  .refine((day) => day >= DAY_MIN && day <= DAY_MAX, {
    error: ({ input }) => `must be a day from ${DAY_MIN} to ${DAY_MAX}, not ${input}`,
  });

const retailer = z.object({
  abbreviatedTradingName: orNull(freeText({ max: 10 })),
  merchantCategoryCode: orNull(z.string().regex(/^\d{4}$/, 'must have four digits')),
  tradingName: orNull(freeText({ max: 100 })),
});

/** `AgreementTermsInput`, checked for form. What the terms must be among themselves, and on which day, is the agreement's to say. */
export const agreementTermsInput = z
  .object({
    type: z.enum(AGREEMENT_TYPES),
    reference: orNull(freeText({ max: 100 })),
    amountVariability: orNull(z.enum(AMOUNT_VARIABILITIES)),
    startDate: orNull(date),
    expiryDate: orNull(date),
    minimumAmount: orNull(decimalText()),
    maximumAmount: orNull(decimalText()),
    minimumDaysBetweenPayments: orNull(minimumDays),
    numberOfPayments: orNull(numberOfPayments),
    frequency: orNull(z.enum(PAYMENT_FREQUENCIES)),
    retailer: orNull(retailer),
    metadata: orNull(metadata),
  })
  .transform(({ type, metadata, ...terms }): GivenTerms => ({ type, terms, metadata: metadata ?? {} }));
