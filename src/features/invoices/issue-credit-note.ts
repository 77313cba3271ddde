import { localDateAt } from '../../kernel/calendar.js';
import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Caller, lockedFile } from '../orders/index.js';
import { changeInvoice } from './change-invoice.js';
import { creditNoteCreated } from './credit-note-events.js';
import { type CreditLine, creditLines } from './credit-note-lines.js';
import { CREDIT_LINES, CREDIT_NOTES } from './credit-note-rows.js';
import { settleCreditNote } from './credit-note-settlement.js';
import type { CreditNoteWanted, IssuedNote } from './credit-note-wanted.js';
import { NEXT_CREDIT_NOTE_NUMBER, PAYING_ORDER } from './credit-notes-sql.js';
import type { CreditSettlement } from './domain/words.js';
import { assertInvoiceVisible, invoiceById } from './invoice-once.js';
import type { CreditNoteRow, InvoiceRow } from './invoice-rows.js';
import { giveCredit } from './payer-credit.js';

/**
 * Writes a note and what follows from it. Locks are taken in the order that
 * everybody keeps: the order that paid, the invoice, the series, the payer's
 * credit.
 */
export async function issueCreditNote(
  transaction: Transaction,
  caller: Caller,
  wanted: CreditNoteWanted,
  before: InvoiceRow | null,
): Promise<IssuedNote> {
  const known = await invoiceById(transaction, wanted.invoiceId);
  assertInvoiceVisible(known, caller);
  const key = [transaction.operatorId, wanted.invoiceId];
  const [paidBy] = known.status === 'PAID' ? await transaction.query<{ id: string }>(PAYING_ORDER, key) : [];
  const order = paidBy && (await lockedFile(transaction, paidBy.id));
  const { result } = await changeInvoice(transaction, wanted.invoiceId, async (invoice) => {
    if ((invoice.status === 'PAID') !== (known.status === 'PAID') || invoice.orderId !== known.orderId)
      throw new DomainError('OUTCOME_PENDING', 'the invoice is changing at this moment; try again in a moment');
    const settlement = wanted.settlement ?? defaultSettlement(invoice);
    const lines = await creditLines(transaction, invoice, wanted.lines);
    const draft = await noteOf(transaction, invoice, { reason: wanted.reason, settlement, lines });
    const scene = { transaction, caller, invoice, order: order ?? null, before };
    const issued = await settleCreditNote(scene, draft);
    write(transaction, issued, lines);
    transaction.publish(creditNoteCreated(issued.note, invoice));
    return issued;
  });
  return result;
}

/** The note comes before what refers to it. */
function write(transaction: Transaction, { note, credit }: IssuedNote, lines: readonly CreditLine[]): void {
  const { operatorId } = transaction;
  transaction.send(CREDIT_NOTES.insert, CREDIT_NOTES.parameters(operatorId, [note]));
  const rows = lines.map((line) => ({ id: newUuid(), creditNoteId: note.id, ...line }));
  transaction.send(CREDIT_LINES.insert, CREDIT_LINES.parameters(operatorId, rows));
  if (credit) giveCredit(transaction, credit);
}

function defaultSettlement({ status }: InvoiceRow): CreditSettlement {
  return status === 'PAID' ? 'REFUND' : 'AMOUNT_DUE';
}

interface NoteGiven {
  readonly reason: string;
  readonly settlement: CreditSettlement;
  readonly lines: readonly CreditLine[];
}

async function noteOf(
  transaction: Transaction,
  invoice: InvoiceRow,
  { reason, settlement, lines }: NoteGiven,
): Promise<CreditNoteRow> {
  const { operatorId, now } = transaction;
  const { id: invoiceId, merchantId, mode, currency, timeZone } = invoice;
  const key = [operatorId, merchantId, mode];
  const net = lines.reduce((sum, line) => sum + line.net, 0n);
  const tax = lines.reduce((sum, line) => sum + line.tax, 0n);
  const [next] = await transaction.query<{ number: number }>(NEXT_CREDIT_NOTE_NUMBER, key);
  if (!next) throw new Error(`no number was given to a credit note of ${invoiceId}`);
  return {
    ...{ id: newUuid(), invoiceId, merchantId, mode, number: next.number, currency },
    ...{ net, tax, total: net + tax, reason, settlement, operationId: null },
    ...{ status: 'SETTLED', issuedOn: localDateAt(now, timeZone), createdAt: now, finishedAt: now },
  };
}
