import type { Transaction } from '../../platform/database/transaction.js';
import type { PostingKind } from './domain/accounts.js';
import { orderPosting } from './domain/postings.js';
import type { LedgerOrderRow, PostedOrder } from './ledger-rows.js';
import { inCurrencyOf, ledgerOrder, saveStates, unposted } from './order-state.js';

/** An order's sums of money, before and after a change. */
export type OrderSums = PostedOrder & { readonly captured: bigint; readonly refunded: bigint };

/**
 * Posts what an order has captured and refunded, in the transaction in which it
 * changes and under the order's lock. Null where nothing of that changed; then,
 * and for a first capture, which has nothing to be read before, nothing is
 * waited for: the posting travels with the commit.
 */
export function postOrderChange(transaction: Transaction, before: OrderSums, after: OrderSums): Promise<void> | null {
  if (before.captured === after.captured && before.refunded === after.refunded) return null;
  if (before.captured === 0n && before.refunded === 0n) {
    save(transaction, unposted(after), after);
    return null;
  }
  return ledgerOrder(transaction, after.id).then((state) => save(transaction, state ?? unposted(after), after));
}

function save(transaction: Transaction, before: LedgerOrderRow, { captured, refunded }: OrderSums): void {
  const { now } = transaction;
  const of = inCurrencyOf(before);
  const taken = { ...before, captured, unavailable: before.unavailable + captured - before.captured };
  const after = { ...taken, refunded };
  const postings = [
    ...(taken.captured === before.captured ? [] : [orderPosting('CAPTURE', before, taken, of)]),
    ...(refunded === before.refunded ? [] : [orderPosting(refundKind(before.refunded, refunded), taken, after, of)]),
  ];
  saveStates(transaction, [{ before, after, postings, cause: { occurredAt: now } }]);
}

/** Less is refunded than was: a refund came back. */
function refundKind(before: bigint, after: bigint): PostingKind {
  return after > before ? 'REFUND' : 'REFUND_FAILED';
}
