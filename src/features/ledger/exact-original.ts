import type { Transaction } from '../../platform/database/transaction.js';
import { originalOf } from './domain/original.js';
import type { LedgerOrderRow, MovementRow } from './ledger-rows.js';
import { COUNT_MOVEMENTS_OF_ORDER } from './movements-sql.js';

const CAPTURES: readonly string[] = ['CAPTURE', 'CAPTURE_FAILURE'];
const REFUNDS: readonly string[] = ['REFUND', 'REFUND_FAILURE'];

/** What a movement moved of its order's money: of an exchanged one, whose parts are rounded, the last takes the rest. */
export async function exactOriginal(
  transaction: Transaction,
  row: Pick<MovementRow, 'kind' | 'amount' | 'currency' | 'original' | 'originalCurrency' | 'orderId'>,
  state: LedgerOrderRow | null,
): Promise<bigint> {
  if (state === null || row.currency === row.originalCurrency) return row.original;
  const side = [CAPTURES, REFUNDS].find((kinds) => kinds.includes(row.kind));
  if (!side) return row.original;
  const [whole, told] =
    side === CAPTURES ? [state.captured, state.capturedMoved] : [state.refunded, state.refundedMoved];
  const awaited = side === CAPTURES ? whole - told : told - whole;
  if (awaited === row.original) return awaited;
  const [others] = await transaction.query<{ count: number }>(COUNT_MOVEMENTS_OF_ORDER, [
    transaction.operatorId,
    row.orderId,
    side,
  ]);
  return originalOf(row, { whole, awaited, movements: (others?.count ?? 0) + 1 });
}
