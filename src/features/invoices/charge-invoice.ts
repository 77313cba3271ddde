import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { claimExtraCharge, type ExtraClaim, withFreeNumbers } from '../agreements/index.js';
import { type Carriers, closeAttempt, type OrderFile } from '../orders/index.js';
import { changeInvoice, lockedInvoice } from './change-invoice.js';
import { AGREEMENTS_FOR_INVOICE, INVOICES_OPERATOR_SUSPENDED } from './charge-invoice-sql.js';
import { agreementChoice, type Candidate, type Choice } from './domain/agreement-choice.js';
import { isStopped } from './domain/charge-stop.js';
import { chargeStopFor } from './domain/dunning.js';
import { isOwed } from './domain/invoice-status.js';
import type { ChargeStop } from './domain/words.js';
import { invoiceById } from './invoice-once.js';
import { isWaiting, type OrderOfInvoice, openInvoicePage, orderNumberFor, ordersOfInvoice } from './invoice-page.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';

/** What an invoice's turn came to: an attempt to carry out, or an order that is to be closed before it can go on. */
interface Turn {
  readonly attempt: OrderFile | null;
  readonly inTheWay: string | null;
  /** What was decided without a lock was not so any more under it. */
  readonly isStale: boolean;
}

const NOTHING: Turn = { attempt: null, inTheWay: null, isStale: false };

/** A payer's page is closed, and the invoice looked at again; a choice of agreements may be out of date once. */
const LOOKS_MAX = 3;

const SOON_MS = 30_000;
const HOUR_MS = 60 * 60 * 1000;

/**
 * Does what is due of one invoice that is owed: charges it under its payer's
 * agreement, or leaves it to its payer by a link. Resolves with the attempt to
 * be carried out, which is committed: whoever dies now leaves it to the
 * reconciler. Whoever comes twice finds it claimed.
 */
export async function attendInvoice(
  carriers: Carriers,
  operatorId: string,
  invoiceId: string,
): Promise<OrderFile | null> {
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const { attempt, inTheWay, isStale } = await withFreeNumbers((isNumberTaken) =>
      carriers.units.sql(operatorId, (transaction) => takeTurn(transaction, invoiceId, isNumberTaken)),
    );
    if (!inTheWay && !isStale) return attempt;
    // By itself, because an order's lock comes before its invoice's.
    if (inTheWay) await closeAttempt(carriers, operatorId, inTheWay);
  }
  await carriers.units.sql(operatorId, (transaction) => putOff(transaction, invoiceId, SOON_MS));
  return null;
}

async function takeTurn(transaction: Transaction, invoiceId: string, isNumberTaken: boolean): Promise<Turn> {
  const { operatorId } = transaction;
  const [operator] = await transaction.query<{ suspended: boolean }>(INVOICES_OPERATOR_SUSPENDED, [operatorId]);
  // Its invoices stay owed: they are charged when it is resumed.
  if (operator?.suspended ?? true) return putOff(transaction, invoiceId, HOUR_MS);
  const invoice = await lookedAt(transaction, invoiceId);
  if (!invoice.isCharged) return leaveToPayer(transaction, invoiceId, null, isNumberTaken);
  const { choice } = invoice;
  if (choice.kind === 'AGREEMENT') return charge(transaction, invoiceId, choice.id, isNumberTaken);
  return leaveToPayer(transaction, invoiceId, { stop: 'NO_AGREEMENT', detail: choice.why }, isNumberTaken);
}

/** Without its lock: an agreement's comes before it. What is decided here is looked at again under both. */
async function lookedAt(
  transaction: Transaction,
  invoiceId: string,
): Promise<{ readonly isCharged: false } | { readonly isCharged: true; readonly choice: Choice }> {
  const { operatorId } = transaction;
  const invoice = await invoiceById(transaction, invoiceId);
  if (isStopped(invoice.chargeStop)) return { isCharged: false };
  const { payerId, merchantId, mode, agreementId } = invoice;
  const key = [operatorId, payerId, merchantId, mode, agreementId];
  const candidates = await transaction.query<Candidate>(AGREEMENTS_FOR_INVOICE, key);
  return { isCharged: true, choice: agreementChoice(invoice, candidates) };
}

async function charge(
  transaction: Transaction,
  invoiceId: string,
  agreementId: string,
  isNumberTaken: boolean,
): Promise<Turn> {
  let held: OrderOfInvoice | undefined;
  const wanted = async () => {
    const invoice = await lockedInvoice(transaction, invoiceId);
    if (!isDue(invoice, transaction.now) || isStopped(invoice.chargeStop)) return null;
    const orders = await ordersOfInvoice(transaction, invoiceId);
    held = orders.find(({ isHeld }) => isHeld);
    if (held) return null;
    return {
      amount: money(invoice, amountDue(invoice)),
      orderNumber: orderNumberFor(invoice, orders.length),
      description: invoice.title,
      invoiceId,
      lastDeclineCode: invoice.declineCode,
    };
  };
  const claim = await claimExtraCharge(transaction, agreementId, wanted, isNumberTaken);
  if (claim.kind === 'REFUSED') {
    // It has just ended: there may be another.
    if (claim.because === 'NOT_IN_FORCE') return { ...NOTHING, isStale: true };
    const why = { stop: chargeStopFor(claim.because), detail: claim.detail };
    return leaveToPayer(transaction, invoiceId, why, isNumberTaken);
  }
  if (held && isPage(held)) return { ...NOTHING, inTheWay: held.id };
  await changeInvoice(transaction, invoiceId, (invoice) => followClaim(invoice, claim, held));
  return { ...NOTHING, attempt: claim.kind === 'CLAIMED' ? claim.file : null };
}

function followClaim(invoice: InvoiceRow, claim: ExtraClaim, held: OrderOfInvoice | undefined): void {
  if (claim.kind === 'CLAIMED') {
    invoice.attempts += 1;
    invoice.orderId = claim.file.order.id;
    Object.assign(invoice, { chargeStop: null, chargeStopDetail: null, retryAt: null });
  } else if (claim.kind === 'LATER') {
    invoice.retryAt = claim.at;
  } else if (held) {
    adopt(invoice, held);
  }
}

/** Something is being paid or confirmed already: its outcome says how it goes on. */
function adopt(invoice: InvoiceRow, { id }: OrderOfInvoice): void {
  invoice.orderId = id;
  invoice.retryAt = null;
}

async function leaveToPayer(
  transaction: Transaction,
  invoiceId: string,
  why: { readonly stop: ChargeStop; readonly detail: string } | null,
  isNumberTaken: boolean,
): Promise<Turn> {
  const { result } = await changeInvoice(transaction, invoiceId, async (invoice): Promise<Turn> => {
    if (!isDue(invoice, transaction.now)) return NOTHING;
    if (why) Object.assign(invoice, { chargeStop: why.stop, chargeStopDetail: why.detail });
    if (invoice.chargeStop === null) return NOTHING;
    const orders = await ordersOfInvoice(transaction, invoiceId);
    const held = orders.find(({ isHeld }) => isHeld);
    // A credit note has made it less than what its page asks for.
    if (held && isPage(held) && held.amount !== amountDue(invoice)) return { ...NOTHING, inTheWay: held.id };
    if (held) adopt(invoice, held);
    else await openInvoicePage(transaction, invoice, { ordersBefore: orders.length, isNumberTaken });
    return NOTHING;
  });
  return result;
}

/** What its payer pays by a link, and not what their bank wants them to confirm. */
function isPage(order: OrderOfInvoice): boolean {
  return isWaiting(order) && order.chargeId === null;
}

async function putOff(transaction: Transaction, invoiceId: string, byMs: number): Promise<Turn> {
  await changeInvoice(transaction, invoiceId, (invoice) => {
    if (isDue(invoice, transaction.now)) invoice.retryAt = later(transaction.now, byMs);
  });
  return NOTHING;
}

function isDue({ status, retryAt }: InvoiceRow, now: Date): boolean {
  return isOwed(status) && retryAt !== null && retryAt <= now;
}
