import type { InputIssue } from '../../../kernel/errors.js';
import { MINOR_UNITS_MAX } from '../../../kernel/money.js';
import { drawUpTo } from './seeded-draw.js';

/** How much each period is charged, in minor units of the agreement's currency. */
export type ChargeAmount =
  | { readonly mode: 'FIXED'; readonly amount: bigint }
  | { readonly mode: 'RANGE'; readonly from: bigint; readonly to: bigint }
  | { readonly mode: 'SEQUENCE'; readonly amounts: readonly bigint[] };

const SEQUENCE_LENGTH_MAX = 999;

/**
 * What the period of this number, from 1, is charged; null when a sequence is used
 * up. Of a range it is a draw that the agreement's seed decides, so a forecast, a
 * charge and a charge repeated after a crash all name the same amount.
 */
export function amountOfPeriod(chargeAmount: ChargeAmount, number: number, seed: string): bigint | null {
  switch (chargeAmount.mode) {
    case 'FIXED':
      return chargeAmount.amount;
    case 'RANGE':
      return chargeAmount.from + drawUpTo(chargeAmount.to - chargeAmount.from, `${seed}:${number}`);
    case 'SEQUENCE':
      return chargeAmount.amounts[number - 1] ?? null;
  }
}

/** The last period that has an amount; null when all have. */
export function lastNumber(chargeAmount: ChargeAmount): number | null {
  return chargeAmount.mode === 'SEQUENCE' ? chargeAmount.amounts.length : null;
}

/** Everything that is wrong with a charge amount, with paths from the input's `chargeAmount`. */
export function chargeAmountFaults(chargeAmount: ChargeAmount): readonly InputIssue[] {
  switch (chargeAmount.mode) {
    case 'FIXED':
      return amountFaults(['fixed'], chargeAmount.amount);
    case 'RANGE':
      return rangeFaults(chargeAmount.from, chargeAmount.to);
    case 'SEQUENCE':
      return sequenceFaults(chargeAmount.amounts);
  }
}

function rangeFaults(from: bigint, to: bigint): readonly InputIssue[] {
  const order =
    from > to
      ? [{ path: ['range', 'from'], message: `must not be more than to, ${to} minor units, but is ${from}` }]
      : [];
  return [...amountFaults(['range', 'from'], from), ...amountFaults(['range', 'to'], to), ...order];
}

function sequenceFaults(amounts: readonly bigint[]): readonly InputIssue[] {
  const length =
    amounts.length < 1 || amounts.length > SEQUENCE_LENGTH_MAX
      ? [{ path: ['sequence'], message: `must have 1 to ${SEQUENCE_LENGTH_MAX} amounts, not ${amounts.length}` }]
      : [];
  return [...length, ...amounts.flatMap((amount, index) => amountFaults(['sequence', String(index)], amount))];
}

function amountFaults(path: readonly string[], amount: bigint): readonly InputIssue[] {
  if (amount > 0n && amount <= MINOR_UNITS_MAX) return [];
  return [{ path, message: `must be from 1 to ${MINOR_UNITS_MAX} minor units, not ${amount}` }];
}
