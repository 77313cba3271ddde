import { decimalsOf, rounded } from '../core/money.js';
import type { Scope } from '../core/world.js';

/** A rate has so many significant digits; the amounts are worked out with the rate that is shown. */
const RATE_DIGITS = 6;

interface Sum {
  amount: number;
  currency: string;
}

interface Settled extends Sum {
  /** What an amount in minor units is multiplied by; null where nothing was exchanged. */
  rate: number | null;
}

/** An amount in the currency the account is paid in, at today's rate. */
export function settled(scope: Scope, sum: Sum & { isSettled?: boolean }): Settled {
  const { settlement } = scope.account;
  const { amount, currency } = sum;
  if (!settlement || sum.isSettled === true || settlement.currency === currency)
    return { amount, currency, rate: null };
  const wholeRate = settlement.rates[currency];
  // Without a rate the account is taken to have a bank account for the currency, too.
  if (wholeRate === undefined) return { amount, currency, rate: null };
  const shift = 10 ** (decimalsOf(settlement.currency) - decimalsOf(currency));
  const rate = Number((wholeRate * shift).toPrecision(RATE_DIGITS));
  return { amount: rounded(amount * rate, settlement.currency), currency: settlement.currency, rate };
}
