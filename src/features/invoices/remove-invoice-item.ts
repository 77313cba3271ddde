import { DomainError, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller } from '../orders/index.js';
import { lockedInvoice } from './change-invoice.js';
import { DELETE_ITEM, ITEM_BY_ID, MARK_DRAFT } from './drafts-sql.js';
import { invoiceOnce } from './invoice-once.js';
import type { InvoiceItemRow, InvoiceRow } from './invoice-rows.js';

/** Takes an item off a draft. What is closed is taken back by a credit note. */
export function removeInvoiceItem(
  units: UnitsOfWork,
  caller: Caller,
  itemId: string,
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  return invoiceOnce(units, caller.operatorId, idempotency, (transaction) => remove(transaction, caller, itemId));
}

async function remove(transaction: Transaction, caller: Caller, itemId: string): Promise<InvoiceRow> {
  const { operatorId, now } = transaction;
  const [item] = await transaction.query<InvoiceItemRow>(ITEM_BY_ID, [operatorId, itemId]);
  const isVisible = item?.mode === caller.mode && (caller.merchantId === null || caller.merchantId === item.merchantId);
  if (!isVisible) throw notFound('invoice item');
  const invoice = await lockedInvoice(transaction, item.invoiceId);
  if (invoice.status !== 'DRAFT') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `itemId: the invoice of this item is ${invoice.status}; only a DRAFT loses items, and createCreditNote takes back what was closed`,
    );
  }
  // Whoever else was removing it has done so: it is gone for this one.
  const gone = await transaction.query(DELETE_ITEM, [operatorId, itemId]);
  if (gone.length === 0) throw notFound('invoice item');
  await transaction.query(MARK_DRAFT, [operatorId, invoice.id, now]);
  return invoice;
}
