import type { Currency } from '../../kernel/currency.js';
import { invalidInput } from '../../kernel/errors.js';
import { type Money, parseDecimal } from '../../kernel/money.js';
import type { Sql } from '../../platform/database/sql.js';
import { accountOf, assertAmountExact } from '../payment-systems/index.js';
import type { OrderRow } from './order-rows.js';

/** An amount as the caller wrote it; its currency is the order's, which is known only once the order is loaded. */
export type AmountWanted = string | null | undefined;

/** The amount in the order's currency, or why it is none. */
export function amountOf(wanted: AmountWanted, currency: Currency): Money | null {
  if (wanted == null) return null;
  const amount = parseDecimal(wanted, currency);
  const fault = typeof amount === 'string' ? amount : amount.minor > 0n ? null : `${amount} is not more than zero`;
  if (fault !== null || typeof amount === 'string') throw invalidInput([{ path: ['amount'], message: fault ?? '' }]);
  return amount;
}

/**
 * The part of an order to capture or cancel, if it is one that the payment system can be asked for. Refused before it
 * is written down: a hold less a fraction of the payment system's unit could never be captured.
 */
export async function partOf(
  sql: Sql,
  operatorId: string,
  { accountId, currency }: OrderRow,
  wanted: AmountWanted,
): Promise<Money | null> {
  const amount = amountOf(wanted, currency);
  if (amount) assertAmountExact(await accountOf(sql, operatorId, accountId), amount);
  return amount;
}
