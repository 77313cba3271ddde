import type { RefundSnapshot, Refusal } from '../payment-systems/index.js';
import { advance, concludeOperation, explain, keepWaiting, lose, openOperation } from './operations.js';
import type { OperationRow, OrderFile, TransactionRow } from './order-rows.js';

export type RefundOutcome =
  | { readonly kind: 'seen'; readonly snapshot: RefundSnapshot }
  | { readonly kind: 'failed'; readonly why: Refusal }
  | { readonly kind: 'unknown' };

/** A refund that came back after it had counted as done; the merchant must be told. */
export interface ReturnedRefund {
  readonly amount: bigint;
  readonly reason: string | null;
}

/**
 * Records a refund. It counts as refunded from the moment the payment system
 * takes it on, though it may be pending for days: the money is promised to the
 * payer and cannot be promised twice. If it fails, even after it succeeded, the
 * amount is put right.
 */
export function applyRefund(
  file: OrderFile,
  operation: OperationRow,
  transaction: TransactionRow,
  outcome: RefundOutcome,
  now: Date,
): ReturnedRefund | null {
  const counted = isCounted(transaction);
  if (outcome.kind === 'unknown') lose(transaction, now);
  else if (outcome.kind === 'failed') {
    if (advance(transaction, 'fail', now)) explain(operation, outcome.why);
  } else take(operation, transaction, outcome.snapshot, now);

  const counts = isCounted(transaction);
  if (!counted && counts) file.order.refunded += transaction.amount;
  if (counted && !counts) file.order.refunded -= transaction.amount;
  concludeOperation(file, operation, now);
  return counted && !counts ? { amount: transaction.amount, reason: operation.declineCode } : null;
}

/**
 * A refund that was made in the payment system's console: it becomes an
 * operation of the order. False when it gives back what is not known to have
 * been captured, and so cannot be taken in yet.
 */
export function adoptRefund(file: OrderFile, snapshot: RefundSnapshot, now: Date): boolean {
  const amount = snapshot.amount.minor;
  if (snapshot.state === 'FAILED' || snapshot.state === 'CANCELED') return true;
  if (amount > file.order.captured - file.order.refunded) return false;
  openOperation(
    file,
    { type: 'CANCELLATION', amount, reason: 'MERCHANT', request: { elsewhere: true } },
    [
      {
        type: 'REFUND',
        amount,
        status: snapshot.state === 'PENDING' ? 'PROCESSING' : 'SUCCEEDED',
        externalId: snapshot.externalId,
      },
    ],
    now,
  );
  file.order.refunded += amount;
  return true;
}

function take(operation: OperationRow, transaction: TransactionRow, snapshot: RefundSnapshot, now: Date): void {
  transaction.externalId = snapshot.externalId;
  switch (snapshot.state) {
    case 'PENDING':
      if (!advance(transaction, 'process', now)) keepWaiting(transaction, now);
      return;
    case 'SUCCEEDED':
      advance(transaction, 'succeed', now);
      return;
    default: {
      const reason = snapshot.failureReason ?? 'refund_failed';
      const event = transaction.status === 'SUCCEEDED' ? 'failAfterSuccess' : 'fail';
      if (!advance(transaction, event, now)) return;
      explain(operation, {
        code: reason,
        message: `The refund came back: ${reason.replaceAll('_', ' ')}.`,
        keysRejected: false,
      });
    }
  }
}

function isCounted({ status }: TransactionRow): boolean {
  return status === 'PROCESSING' || status === 'SUCCEEDED';
}
