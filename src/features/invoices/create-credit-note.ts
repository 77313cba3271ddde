import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { type Caller, type Carriers, type Claim, carryOutClaim } from '../orders/index.js';
import type { CreditNoteWanted } from './credit-note-wanted.js';
import { CREDIT_NOTE_BY_ID } from './credit-notes-sql.js';
import { invoiceById } from './invoice-once.js';
import type { CreditNoteRow, InvoiceRow } from './invoice-rows.js';
import { issueCreditNote } from './issue-credit-note.js';
import { closingWaitingOrder } from './waiting-order.js';

export interface CreditNoteMade {
  readonly note: CreditNoteRow;
  readonly invoice: InvoiceRow;
}

/**
 * Takes back a closed invoice or a part of it. A refund is an operation of the
 * order that paid it: committed together with the note, then sent, and what
 * becomes of it is found by whoever finds it out (`credit-note-refunds.ts`).
 */
export async function createCreditNote(
  carriers: Carriers,
  caller: Caller,
  wanted: CreditNoteWanted,
  idempotency: IdempotentRequest,
): Promise<CreditNoteMade> {
  const { operatorId } = caller;
  const { units } = carriers;
  const { noteId, refund } = await closingWaitingOrder(carriers, operatorId, (before) =>
    units.sql(operatorId, (transaction) =>
      idempotently<Issued>(
        transaction,
        idempotency,
        async () => {
          const { note, refund } = await issueCreditNote(transaction, caller, wanted, before);
          return { result: { creditNoteId: note.id }, value: { noteId: note.id, refund } };
        },
        async ({ creditNoteId = '' }) => ({ noteId: creditNoteId, refund: null }),
      ),
    ),
  );
  if (refund) await carryOutClaim(carriers, operatorId, refund);
  return units.sql(operatorId, (transaction) => madeNote(transaction, noteId));
}

interface Issued {
  readonly noteId: string;
  readonly refund: Claim | null;
}

/** As it is by now: a refund may have ended. */
async function madeNote(transaction: Transaction, noteId: string): Promise<CreditNoteMade> {
  const [note] = await transaction.query<CreditNoteRow>(CREDIT_NOTE_BY_ID, [transaction.operatorId, noteId]);
  if (!note) throw new Error(`there is no credit note ${noteId}`);
  return { note, invoice: await invoiceById(transaction, note.invoiceId) };
}
