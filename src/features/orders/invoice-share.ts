import type { Transaction } from '../../platform/database/transaction.js';
import { INVOICE_SHARE } from './orders-sql.js';

/** Says what the invoice of an order counts of its money, and what came beside it. Under the order's lock; not awaited. */
export function keepInvoiceShare(
  transaction: Transaction,
  orderId: string,
  { taken, spare }: { readonly taken: bigint; readonly spare: bigint },
): void {
  transaction.send(INVOICE_SHARE, [transaction.operatorId, orderId, taken, spare]);
}
