import { uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { changeInvoice } from './change-invoice.js';
import { refundedOfInvoice } from './charge-invoice-outcome.js';
import { assertCreditIsKept } from './credit-kept.js';
import { creditNoteStatusChanged } from './credit-note-events.js';
import { CREDIT_NOTES } from './credit-note-rows.js';
import { LOCK_AGREEMENT_OF_ORDER, NOTE_OF_OPERATION } from './credit-notes-sql.js';
import type { CreditNoteStatus } from './domain/words.js';
import type { CreditNoteRow, InvoiceRow } from './invoice-rows.js';

/** What an operation's status says about the money of the note that it carries out; nothing while its outcome is not known. */
const OUTCOMES: Readonly<Record<string, CreditNoteStatus>> = {
  PROCESSING: 'PENDING',
  SUCCEEDED: 'SETTLED',
  FAILED: 'FAILED',
  DECLINED: 'FAILED',
  CANCELED: 'FAILED',
  // A part of it went back, which the invoice shows: a note is of all of it, and what did not go back can be credited anew.
  PARTIALLY_SUCCEEDED: 'FAILED',
};

/**
 * Money went back to a payer, or came back to the merchant: in the same
 * transaction the invoice and its note follow, whoever asked for the refund and
 * whoever found out. A refund may fail days after it succeeded, and its note
 * with it: what it took back can then be credited anew.
 */
export async function onInvoiceRefund(transaction: Transaction, event: DomainEvent): Promise<void> {
  const { payload, subjectId: orderId } = event;
  const outcome = OUTCOMES[String(payload.status)];
  const invoiceId = uuidOf('invoice', String(payload.invoiceId ?? ''));
  if (!invoiceId || payload.type !== 'CANCELLATION') return;
  // An agreement's lock comes before its invoice's, and the order's next event takes it.
  if (payload.agreementId) await transaction.query(LOCK_AGREEMENT_OF_ORDER, [transaction.operatorId, orderId]);
  if (payload.status === 'PENDING') await assertCreditIsKept(transaction, orderId, invoiceId);
  if (!outcome) return;
  const operationId = uuidOf('operation', String(payload.operationId));
  const { operatorId } = transaction;
  await changeInvoice(transaction, invoiceId, async (invoice) => {
    const [note] = await transaction.query<CreditNoteRow>(NOTE_OF_OPERATION, [operatorId, operationId]);
    if (note) follow(transaction, invoice, note, outcome);
    invoice.refunded = await refundedOfInvoice(transaction, invoiceId);
  });
}

function follow(transaction: Transaction, invoice: InvoiceRow, note: CreditNoteRow, outcome: CreditNoteStatus): void {
  const previous = note.status;
  if (previous === outcome || previous === 'FAILED' || outcome === 'PENDING') return;
  const after: CreditNoteRow = { ...note, status: outcome, finishedAt: transaction.now };
  transaction.send(CREDIT_NOTES.update, CREDIT_NOTES.parameters(transaction.operatorId, [after]));
  transaction.publish(creditNoteStatusChanged(previous, after, invoice));
}
