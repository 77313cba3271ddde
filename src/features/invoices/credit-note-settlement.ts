import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Caller, claimCancellation, type OrderFile } from '../orders/index.js';
import { markPaid } from './change-invoice.js';
import { refundedOfInvoice } from './charge-invoice-outcome.js';
import type { IssuedNote } from './credit-note-wanted.js';
import { CREDITED_TO_BALANCE } from './credit-notes-sql.js';
import { refundableMoney, returnable, type Settled } from './domain/credit.js';
import { isOwed } from './domain/invoice-status.js';
import { openInvoicePage, ordersOfInvoice } from './invoice-page.js';
import { amountDue, type CreditNoteRow, type InvoiceRow, money } from './invoice-rows.js';
import { asItWasCharged, assertNobodyPays } from './waiting-order.js';

/** What a note is made in: all of it locked. */
interface Scene {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly invoice: InvoiceRow;
  /** The order that paid it. */
  readonly order: OrderFile | null;
  /** The invoice as it was before an order was closed that was in the way. */
  readonly before: InvoiceRow | null;
}

/** Does with the note's money what it says, as far as that can be done before the commit. */
export async function settleCreditNote(scene: Scene, note: CreditNoteRow): Promise<IssuedNote> {
  if (note.settlement === 'AMOUNT_DUE') return lowerAmountDue(scene, note);
  const { status } = scene.invoice;
  if (status !== 'PAID') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `settlement: ${note.settlement} is for an invoice that is PAID; this one is ${status}${
        isOwed(status) || status === 'UNCOLLECTIBLE' ? ', settle AMOUNT_DUE' : draftHint(status)
      }`,
    );
  }
  const settled = await settledOf(scene);
  return note.settlement === 'REFUND' ? refund(scene, note, settled) : toBalance(scene, note, settled);
}

function draftHint(status: InvoiceRow['status']): string {
  return status === 'DRAFT' ? ': take off what is wrong with removeInvoiceItem' : '';
}

/** Less is owed. An order of the old amount was closed; what is left is charged anew, as it would have been. */
async function lowerAmountDue({ transaction, invoice, before }: Scene, note: CreditNoteRow): Promise<IssuedNote> {
  const { status } = invoice;
  if (status !== 'OPEN' && status !== 'PAST_DUE' && status !== 'UNCOLLECTIBLE') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `settlement: AMOUNT_DUE is for an invoice that is owed; this one is ${status}${
        status === 'PAID' ? ', settle REFUND or BALANCE' : draftHint(status)
      }`,
    );
  }
  assertAvailable(invoice, note, amountDue(invoice), `is still owed${creditHint(invoice)}`);
  await assertNobodyPays(transaction, invoice);
  invoice.credited += note.total;
  if (before) {
    asItWasCharged(invoice, before);
    invoice.retryAt = status === 'UNCOLLECTIBLE' ? null : transaction.now;
  }
  // What is left may be an amount that the payment system takes.
  if (invoice.chargeStop === 'AMOUNT_NOT_ACCEPTED' && isOwed(status)) invoice.retryAt = transaction.now;
  if (amountDue(invoice) === 0n) markPaid(invoice, transaction.now);
  // Its page was closed for the sake of the amount, and by itself nothing is done about what was written off.
  else if (before && status === 'UNCOLLECTIBLE') await openAnotherPage(transaction, invoice);
  return { note, refund: null, credit: null };
}

async function openAnotherPage(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  const { length: ordersBefore } = await ordersOfInvoice(transaction, invoice.id);
  await openInvoicePage(transaction, invoice, { ordersBefore, isNumberTaken: true });
  invoice.retryAt = null;
}

/** Less than nothing cannot be owed: what its payer's credit paid is given back once the rest is credited. */
function creditHint(invoice: InvoiceRow): string {
  if (invoice.creditApplied === 0n) return '';
  return `: ${money(invoice, invoice.creditApplied)} was paid with the payer's credit. Credit what is owed, then the rest with settlement BALANCE`;
}

/** The money goes back the way it came, by a cancellation of the order that is committed with the note. */
async function refund(
  { transaction, caller, invoice, order }: Scene,
  note: CreditNoteRow,
  settled: Settled,
): Promise<IssuedNote> {
  if (!order) {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `settlement: REFUND gives money back that was paid through us; this invoice was paid ${
        invoice.paidOutside === null ? "by the payer's credit or by credit notes" : 'outside'
      }, settle BALANCE`,
    );
  }
  assertAvailable(invoice, note, refundableMoney(settled), 'was paid in money and not given back yet');
  const amount = money(note, note.total).toDecimal();
  const claim = await claimCancellation(transaction, caller, { orderId: order.order.id, amount, reason: 'MERCHANT' });
  if (!claim.operation) throw new Error(`order ${order.order.id} was cancelled without an operation`);
  const pending: CreditNoteRow = { ...note, status: 'PENDING', operationId: claim.operation.id, finishedAt: null };
  return { note: pending, refund: claim, credit: null };
}

/** It is the payer's, and the next invoices use it. */
function toBalance({ invoice }: Scene, note: CreditNoteRow, settled: Settled): IssuedNote {
  assertAvailable(invoice, note, returnable(settled), 'was paid and not given back yet');
  const { payerId, currency } = invoice;
  return { note, refund: null, credit: { payerId, currency, amount: note.total, creditNoteId: note.id } };
}

async function settledOf({ transaction, invoice, order }: Scene): Promise<Settled> {
  const key = [transaction.operatorId, invoice.id];
  const [given] = await transaction.query<{ total: bigint }>(CREDITED_TO_BALANCE, key);
  const { paid, creditApplied } = invoice;
  if (order?.operations.some(({ status }) => status === 'PENDING' || status === 'UNKNOWN'))
    throw new DomainError('OUTCOME_PENDING', 'a refund of this invoice is under way; try again when it is settled');
  if (order && order.order.disputed > 0n) {
    throw new DomainError(
      'ORDER_DISPUTED',
      `the payer's bank disputes ${money(invoice, order.order.disputed)} of what paid this invoice; answer the dispute first, or the payer may be paid twice`,
    );
  }
  const refunded = await refundedOfInvoice(transaction, invoice.id);
  return { paid, creditApplied, refunded, toBalance: given?.total ?? 0n };
}

function assertAvailable(invoice: InvoiceRow, { total }: CreditNoteRow, available: bigint, what: string): void {
  if (total <= available) return;
  throw new DomainError(
    'AMOUNT_EXCEEDS_AVAILABLE',
    `the note comes to ${money(invoice, total)} with tax, but only ${money(invoice, available)} of this invoice ${what}`,
  );
}
