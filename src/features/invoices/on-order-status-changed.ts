import { uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { expireAttempt } from '../orders/index.js';
import { changeInvoice } from './change-invoice.js';
import { invoiceNeedsPayer } from './charge-invoice-events.js';
import {
  followMoney,
  isReturned,
  type OrderOutcome,
  recordFailed,
  recordLost,
  recordPaid,
  recordReturned,
  recordUndone,
  refundedOfInvoice,
} from './charge-invoice-outcome.js';
import { OUTCOME_FOR_INVOICE } from './charge-invoice-sql.js';
import { isOwed } from './domain/invoice-status.js';
import type { InvoiceRow } from './invoice-rows.js';

const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['DECLINED', 'EXPIRED', 'CANCELED']);

/**
 * An order of an invoice came to another status: in the same transaction the
 * invoice follows, so that the two never disagree. The order's lock comes first,
 * then its agreement's, then the invoice's. Orders of no invoice cost nothing.
 */
export async function onInvoiceOrderChanged(transaction: Transaction, event: DomainEvent): Promise<void> {
  const { invoiceId: publicInvoiceId, previousStatus } = event.payload;
  const invoiceId = uuidOf('invoice', String(publicInvoiceId ?? ''));
  if (!invoiceId || previousStatus === null) return;
  const key = [transaction.operatorId, event.subjectId];
  const [order] = await transaction.query<OrderOutcome>(OUTCOME_FOR_INVOICE, key);
  if (!order) return;
  await changeInvoice(transaction, invoiceId, (invoice) => follow(transaction, invoice, order));
}

/** What has become of its money comes first: by how much, and not by what was heard, so that no news counts twice. */
async function follow(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): Promise<void> {
  const moved = followMoney(transaction, invoice, order);
  await recordPaid(transaction, invoice, order, moved);
  await recordLost(transaction, invoice, order, moved);
  // A card's bank takes the money as it begins a dispute, and gives it back if that is won.
  if (order.disputed > 0n || invoice.refunded > 0n) invoice.refunded = await refundedOfInvoice(transaction, invoice.id);
  if (isReturned(order)) {
    if (moved.applied > 0n || moved.lost > 0n || invoice.orderId === order.id)
      recordReturned(transaction, invoice, order);
  } else if (order.status === 'REQUIRES_ACTION') {
    await followNeedsPayer(transaction, invoice, order);
  } else if (CAME_TO_NOTHING.has(order.status)) {
    if (moved.lost > 0n) recordUndone(transaction, invoice);
    else await recordFailed(transaction, invoice, order);
  }
}

/** Nobody is asked to confirm what is not owed any more. What their bank wants them to confirm they are to be told of. */
async function followNeedsPayer(transaction: Transaction, invoice: InvoiceRow, order: OrderOutcome): Promise<void> {
  const { status } = invoice;
  if (status === 'VOID' || status === 'PAID') await expireAttempt(transaction, order.id);
  else if (isOwed(status) && order.chargeId !== null) transaction.publish(invoiceNeedsPayer(invoice, order.id));
}
