import { DomainError } from '../../kernel/errors.js';
import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Carriers, closeAttempt } from '../orders/index.js';
import type { InvoiceRow } from './invoice-rows.js';

/** What keeps every other order away from an invoice: the index `orders_invoice_held` allows one. */
const HELD_ORDER = statement(
  'invoices_held_order',
  `select id, status from orders where operator_id = $1 and invoice_id = $2
     and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
);

/**
 * All is well with what was asked of an invoice but that an order waits for its
 * payer, who could pay by it what is not owed any more. Thrown only when
 * everything else allows it, so that what is refused closes nobody's page.
 */
class OrderInTheWay extends Error {
  override readonly name = 'OrderInTheWay';

  constructor(
    readonly orderId: string,
    readonly invoice: InvoiceRow,
  ) {
    super(`invoice ${invoice.id} waits for its payer by order ${orderId}`);
  }
}

/**
 * Refuses while money may still come by an order of the invoice. Asked under the
 * invoice's lock, without which no order of it is begun; and an order that is
 * paid says so to its invoice in its own transaction, so that none slips between.
 */
export async function assertNobodyPays(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  const key = [transaction.operatorId, invoice.id];
  const [order] = await transaction.query<{ id: string; status: string }>(HELD_ORDER, key);
  if (!order) return;
  if (order.status === 'CREATED' || order.status === 'REQUIRES_ACTION')
    throw new OrderInTheWay(order.id, { ...invoice });
  throw paymentUnderWay();
}

/** That we closed an order of it ourselves was no failure of the payer's: how it stood with charging it stays so. */
export function asItWasCharged(invoice: InvoiceRow, before: InvoiceRow): void {
  const { attempts, declines, technicalFailures, firstFailedAt, declineCode, chargeStop, chargeStopDetail } = before;
  Object.assign(invoice, { attempts, declines, technicalFailures, firstFailedAt });
  Object.assign(invoice, { declineCode, chargeStop, chargeStopDetail });
}

/** Closed, an order may be followed by another one before its invoice is looked at again. */
const LOOKS_MAX = 3;

/**
 * Does `work`, which may find an order in its way: that is closed, and seen
 * closed, and the work done again, which then gets the invoice as it was before.
 * A payer who was quicker has paid, and the work sees that.
 */
export async function closingWaitingOrder<Result>(
  carriers: Carriers,
  operatorId: string,
  work: (before: InvoiceRow | null) => Promise<Result>,
): Promise<Result> {
  let before: InvoiceRow | null = null;
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    try {
      return await work(before);
    } catch (error) {
      if (!(error instanceof OrderInTheWay)) throw error;
      before ??= error.invoice;
      await closeAttempt(carriers, operatorId, error.orderId);
    }
  }
  throw pending('the order that waits for its payer could not be closed yet');
}

export function paymentUnderWay(): DomainError {
  return pending('a payment of this invoice is under way');
}

function pending(why: string): DomainError {
  return new DomainError('OUTCOME_PENDING', `${why}; try again in a moment`);
}
