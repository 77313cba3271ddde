import { DomainError } from '../../kernel/errors.js';
import { statement } from '../../platform/database/sql.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller, Carriers } from '../orders/index.js';
import { lockedInvoice } from './change-invoice.js';
import { closeInvoiceNow } from './close-invoices.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
import type { InvoiceRow } from './invoice-rows.js';

const HAS_ITEMS = statement(
  'invoice_has_items',
  'select from invoice_items where operator_id = $1 and invoice_id = $2 limit 1',
);

/**
 * Closes a draft before its time, by the statements that close a month: number,
 * totals and the payer's credit. What is added for the same month afterwards
 * gathers on another draft.
 */
export function finalizeInvoice(
  { units }: Carriers,
  caller: Caller,
  { invoiceId }: { readonly invoiceId: string },
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  const { operatorId } = caller;
  return invoiceOnce(units, operatorId, idempotency, async (transaction) => {
    // Under its lock nobody adds an item or takes one away.
    const draft = await lockedInvoice(transaction, invoiceId);
    assertInvoiceVisible(draft, caller);
    const items = await transaction.query(HAS_ITEMS, [operatorId, invoiceId]);
    if (draft.status === 'DRAFT' && items.length === 0)
      throw new DomainError(
        'ILLEGAL_TRANSITION',
        'cannot close a draft without items: add one, or throw it away with voidInvoice',
      );
    return closeInvoiceNow(transaction, invoiceId);
  });
}
