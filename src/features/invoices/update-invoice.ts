import { localDateAt } from '../../kernel/calendar.js';
import { DomainError, type InputIssue, invalidInput, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { agreementById } from '../agreements/index.js';
import type { Caller, Carriers } from '../orders/index.js';
import { advanceIfPossible, changeInvoice } from './change-invoice.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
import type { InvoiceRow } from './invoice-rows.js';

/** What is to be different; what is absent stays. */
export interface InvoiceChanges {
  readonly title?: string | undefined;
  readonly dueOn?: string | undefined;
  /** What it is charged under from now on; null: the payer's own is looked for. An empty text is an id of nothing. */
  readonly agreementId?: string | null | undefined;
}

/**
 * Changes what of an invoice its merchant may change by hand: never what it is
 * for, nor what it comes to. Moving its day decides at once whether it is past due.
 */
export function updateInvoice(
  { units }: Carriers,
  caller: Caller,
  { invoiceId, changes }: { readonly invoiceId: string; readonly changes: InvoiceChanges },
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  return invoiceOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { invoice } = await changeInvoice(transaction, invoiceId, async (invoice) => {
      assertInvoiceVisible(invoice, caller);
      if (invoice.status === 'PAID' || invoice.status === 'VOID')
        throw new DomainError('ILLEGAL_TRANSITION', `cannot change an invoice that is ${invoice.status}`);
      await apply(transaction, invoice, changes);
    });
    return invoice;
  });
}

async function apply(transaction: Transaction, invoice: InvoiceRow, changes: InvoiceChanges): Promise<void> {
  const { title, dueOn, agreementId } = changes;
  const issues: InputIssue[] = [];
  if (dueOn !== undefined) issues.push(...dueFaults(invoice, dueOn));
  if (agreementId != null) issues.push(...(await agreementFaults(transaction, invoice, agreementId)));
  if (issues.length > 0) throw invalidInput(issues);
  if (title !== undefined) invoice.title = title;
  if (agreementId !== undefined) invoice.agreementId = agreementId;
  if (dueOn !== undefined) moveDueDay(invoice, dueOn, localDateAt(transaction.now, invoice.timeZone));
}

function dueFaults({ issuedOn }: InvoiceRow, dueOn: string): readonly InputIssue[] {
  const path = ['dueOn'];
  if (issuedOn === null)
    return [
      { path, message: "cannot be set on a DRAFT: it follows from the merchant's invoiceDueDays as it is closed" },
    ];
  if (dueOn >= issuedOn) return [];
  return [{ path, message: `must not be before the invoice's own date, ${issuedOn}; it is ${dueOn}` }];
}

async function agreementFaults(
  transaction: Transaction,
  invoice: InvoiceRow,
  agreementId: string,
): Promise<readonly InputIssue[]> {
  const path = ['agreementId'];
  const { merchantId, mode, payerId, currency, status } = await agreementById(transaction, agreementId);
  if (merchantId !== invoice.merchantId || mode !== invoice.mode) throw notFound('agreement');
  const messages = [
    payerId === invoice.payerId ? null : 'is an agreement of another payer',
    currency === invoice.currency ? null : `is an agreement in ${currency}, and the invoice is in ${invoice.currency}`,
    status === 'COMPLETED' || status === 'CANCELED' || status === 'EXPIRED'
      ? `is an agreement that is ${status}`
      : null,
  ];
  return messages.filter((message) => message !== null).map((message) => ({ path, message }));
}

/** It is past due from the day after; one that was written off stays so. */
function moveDueDay(invoice: InvoiceRow, dueOn: string, today: string): void {
  invoice.dueOn = dueOn;
  advanceIfPossible(invoice, dueOn < today ? 'fallDue' : 'postpone');
}
