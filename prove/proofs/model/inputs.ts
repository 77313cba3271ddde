import type { NewAgreement } from '../../../src/features/agreements/index.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { DomainError } from '../../../src/kernel/errors.js';
import { Money } from '../../../src/kernel/money.js';
import type { IdempotentRequest } from '../../../src/platform/idempotency/idempotent-request.js';
import type { Plan } from './agreement-model.js';
import type { Answered } from './order-model.js';

export const EUR = 'EUR' as Currency;

export const PAYMENT = {
  source: 'INTERNET',
  storedOnFile: null,
  credential: { token: 'pm_1', externalCustomerId: null },
  mandate: null,
} as const;

export const BARE = {
  mode: 'TEST',
  accountId: null,
  description: null,
  saveCredential: false,
  payer: null,
  returnUrl: null,
  callbackUrl: null,
  expiresAt: null,
  metadata: {},
  agreement: null,
} as const;

export function scheduleOf({ unit, interval, start }: Plan) {
  return { period: unit, interval, startDate: start, finishDate: null, timeZone: 'UTC', localTime: '09:00' };
}

/** As callers write amounts of euros. */
export function decimal(minor: bigint): string {
  return Money.of(minor, EUR).toDecimal();
}

export function decimalOrNull(minor: bigint | null): string | null {
  return minor === null ? null : decimal(minor);
}

export type Asked<Result> = (request: IdempotentRequest) => Promise<Result>;

/** Its code where it was refused; thrown on where that was nobody's intention. */
export function answerOf<Result>(
  asked: Promise<Result>,
): Promise<{ readonly answered: Answered; readonly result: Result | null }> {
  return asked.then(
    (result) => ({ answered: 'OK', result }),
    (error: unknown) => {
      if (error instanceof DomainError) return { answered: error.code, result: null };
      throw error;
    },
  );
}

/** Of any amount on the plan's dates, after a check of the payer's card. */
export function newAgreement(merchantId: string, plan: Plan, amount: bigint): NewAgreement {
  const dates = { startDate: null, expiryDate: null, frequency: null, minimumDaysBetweenPayments: null };
  const limits = { minimumAmount: null, maximumAmount: null, numberOfPayments: null, retailer: null };
  const terms = { reference: null, amountVariability: 'VARIABLE', ...dates, ...limits } as const;
  const none = { installments: null, topUp: null, accountId: null, returnUrl: null };
  return {
    given: { type: 'RECURRING', terms, metadata: {} },
    currency: EUR,
    chargeAmount: { fixed: decimal(amount), range: null, sequence: null },
    schedule: scheduleOf(plan),
    merchantId,
    mode: 'TEST',
    payer: { reference: 'payer' },
    payment: PAYMENT,
    firstAmount: null,
    firstOrderNumber: null,
    ...none,
  };
}
