import { uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { expireAttempt } from '../orders/index.js';
import { changeInvoice } from './change-invoice.js';
import {
  isPaidBy,
  isReturned,
  type OrderOutcome,
  recordFailed,
  recordPaid,
  recordReturned,
  recordUndone,
} from './charge-invoice-outcome.js';
import { OUTCOME_FOR_INVOICE } from './charge-invoice-sql.js';
import type { InvoiceRow } from './invoice-rows.js';

const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['DECLINED', 'EXPIRED', 'CANCELED']);

/** Statuses before which no money of an order had come. */
const WITHOUT_MONEY: ReadonlySet<unknown> = new Set([
  'CREATED',
  'PROCESSING',
  'REQUIRES_ACTION',
  'DECLINED',
  'EXPIRED',
  'CANCELED',
]);

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
  await changeInvoice(transaction, invoiceId, (invoice) => follow(transaction, invoice, order, previousStatus));
}

/** Money is taken with the news that it came: what is heard of the order after that, such as a refund, is no such news. */
async function follow(
  transaction: Transaction,
  invoice: InvoiceRow,
  order: OrderOutcome,
  previousStatus: unknown,
): Promise<void> {
  if (isPaidBy(invoice, order)) {
    if (isReturned(order)) recordReturned(transaction, invoice, order);
    else if (CAME_TO_NOTHING.has(order.status)) recordUndone(transaction, invoice);
    return;
  }
  const taken = takenBy(order);
  const wasDisputed = previousStatus === 'DISPUTED';
  if (taken > 0n && (wasDisputed || WITHOUT_MONEY.has(previousStatus))) {
    await recordPaid(transaction, invoice, order, { taken, wasDisputed });
  } else if (isReturned(order)) {
    if (invoice.orderId === order.id) recordReturned(transaction, invoice, order);
  } else if (order.status === 'REQUIRES_ACTION') {
    // Nobody is asked to confirm what is not owed any more.
    if (invoice.status === 'VOID' || invoice.status === 'PAID') await expireAttempt(transaction, order.id);
  } else if (CAME_TO_NOTHING.has(order.status)) {
    await recordFailed(transaction, invoice, order);
  }
}

function takenBy(order: OrderOutcome): bigint {
  if (order.captured === 0n) return order.held;
  return isReturned(order) ? order.captured - order.disputed : order.captured;
}
