import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { AWAITED_ON_ACCOUNT } from './movements-sql.js';

const DAY_MS = 24 * 3_600_000;

/** What has not come by then is reported every night, and must not keep an account for ever. */
export const AWAITED_DAYS = 3;

/**
 * Whether the payment system has still to tell of money that orders of the
 * account captured or gave back: without its keys nobody would hear when that is
 * available.
 */
export async function awaitsMovements(transaction: Transaction, accountId: string): Promise<boolean> {
  const { operatorId, realNow } = transaction;
  const parameters = [operatorId, accountId, later(realNow, -AWAITED_DAYS * DAY_MS)];
  const [row] = await transaction.query<{ awaited: boolean }>(AWAITED_ON_ACCOUNT, parameters);
  return row?.awaited ?? false;
}
