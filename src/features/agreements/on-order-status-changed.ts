import { uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { expireAttempt, holdCharge } from '../orders/index.js';
import { type AgreementFile, type ChargeRow, isEnded, isInForce } from './agreement-rows.js';
import { MERCHANT_FOR_AGREEMENT, OUTCOME_OF_ORDER } from './agreements-sql.js';
import { advanceIfPossible, changeAgreement } from './change-agreement.js';
import type { RetryAdvice } from './domain/dunning.js';
import type { MerchantForCharge } from './open-attempt.js';
import { type Outcome, recordFailed, recordNeedsPayer, recordPaid, recordReturned } from './record-outcome.js';

type OrderOutcome = {
  id: string;
  status: string;
  agreementId: string;
  chargeId: string | null;
  source: string | null;
  credentialId: string | null;
  billNumber: string;
  isDebit: boolean;
  isOfInvoice: boolean;
  createdAt: Date;
  /** When its payment was settled. */
  paidAt: Date | null;
  paymentStatus: string | null;
  declineCode: string | null;
  retryAdvice: RetryAdvice | null;
};

const PAID: ReadonlySet<string> = new Set(['AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'VERIFIED']);
const UNDONE: ReadonlySet<string> = new Set(['CANCELED', 'EXPIRED']);
/** What an order is until its payment has an outcome. */
const UNDECIDED: ReadonlySet<unknown> = new Set(['CREATED', 'PROCESSING', 'REQUIRES_ACTION']);

/**
 * An order of an agreement came to another status: in the same transaction the
 * agreement follows, so that the two never disagree. The order's lock comes
 * before the agreement's, here as everywhere.
 */
export async function onOrderStatusChanged(transaction: Transaction, event: DomainEvent): Promise<void> {
  const agreementId = uuidOf('agreement', String(event.payload.agreementId ?? ''));
  if (!agreementId || event.payload.previousStatus === null) return;
  const [order] = await transaction.query<OrderOutcome>(OUTCOME_OF_ORDER, [transaction.operatorId, event.subjectId]);
  if (!order) return;
  const { chargeId } = order;
  const follow = async (file: AgreementFile) => {
    const { previousStatus } = event.payload;
    if (order.source !== 'MERCHANT') followFirst(file, { ...order, previousStatus }, transaction.now);
    const charge = file.charges.find(({ id }) => id === chargeId);
    if (charge) await followCharge(transaction, file, charge, order);
  };
  await changeAgreement(transaction, agreementId, null, follow, { chargeId });
}

/** What the payer did in person: it establishes the agreement, renews its means of payment, or takes it back. */
function followFirst(
  { agreement, charges }: AgreementFile,
  order: OrderOutcome & { readonly previousStatus: unknown },
  now: Date,
): void {
  // Only by the success itself: a capture of it, or a dispute that was won, must not bring back what was replaced since.
  // A debit that came back at once proves a success that nobody has heard of yet.
  const isPaid = PAID.has(order.status) || order.status === 'DISPUTED';
  if (isPaid && UNDECIDED.has(order.previousStatus) && order.credentialId) {
    const isNew = agreement.credentialId !== order.credentialId;
    agreement.credentialId = order.credentialId;
    // A card that ends before the next charge is told of anew.
    if (isNew) Object.assign(agreement, { noticedNumber: null, expiryNoticedNumber: null });
    agreement.firstCitAt ??= now;
    agreement.firstCitReference ??= order.billNumber;
    agreement.pendingUntil = null;
    advanceIfPossible(agreement, 'establish');
    // What failed with the old means of payment is tried with the new one at once, and so is a part that was to be paid in person.
    const isWaiting = ({ status, kind, liveOrderId, retryAt }: ChargeRow) =>
      status === 'OPEN' && !liveOrderId && (retryAt !== null || kind === 'FIRST_PART');
    for (const charge of charges) if (isNew && isWaiting(charge)) charge.retryAt = now;
  }
  if (!isInForce(agreement) || agreement.credentialId === null || agreement.credentialId !== order.credentialId) return;
  if (isReturned(order)) advanceIfPossible(agreement, 'suspend', 'PAYMENT_RETURNED');
  if (UNDONE.has(order.status) && order.previousStatus === 'AUTHORIZED') {
    advanceIfPossible(agreement, 'suspend', 'FIRST_PAYMENT_UNDONE');
  }
}

/** Of a bank account it is the debit that came back; a card's dispute is argued about first. */
function isReturned({ status, isDebit }: OrderOutcome): boolean {
  return status === 'DISPUTED' && isDebit;
}

async function followCharge(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  order: OrderOutcome,
): Promise<void> {
  if (charge.lastOrderId !== order.id) return;
  const outcome = outcomeOf(order, transaction.now);
  switch (order.status) {
    case 'AUTHORIZED':
    case 'PARTIALLY_CAPTURED':
    case 'CAPTURED':
      // It came back, and was won: its charge takes no other attempt any more. Of an invoice that is known under its lock.
      if (charge.gaveUpBecause === 'RETURNED' && !order.isOfInvoice) holdCharge(transaction, order.id, true);
      recordPaid(transaction, file, charge, outcome);
      break;
    case 'REQUIRES_ACTION':
      if (order.source === 'MERCHANT') await followNeedsPayer(transaction, file, charge, order);
      break;
    case 'DISPUTED':
      // It may be heard of before the payment itself, which it proves.
      recordPaid(transaction, file, charge, outcome);
      if (!isReturned(order)) break;
      recordReturned(transaction, file, charge, outcome);
      holdCharge(transaction, order.id, false);
      break;
    case 'DECLINED':
    case 'EXPIRED':
    case 'CANCELED':
      await recordFailed(transaction, file, charge, outcome, await retryDaysOf(transaction, file));
      break;
    default:
      break;
  }
}

/** Nobody asks a payer to confirm what is not wanted any more: it is closed at once. */
async function followNeedsPayer(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  order: OrderOutcome,
): Promise<void> {
  const isUnwanted = charge.giveUpAs !== null || isEnded(file.agreement);
  if (isUnwanted) await expireAttempt(transaction, order.id);
  else recordNeedsPayer(transaction, file, charge, order.id);
}

/** A payer who never confirmed has declined in their way, and so has whoever cancelled the attempt by hand. */
function outcomeOf(order: OrderOutcome, now: Date): Outcome {
  const code = order.declineCode ?? (order.status === 'EXPIRED' ? 'authentication_required' : null);
  const wasDeclined = order.paymentStatus !== 'FAILED';
  const isCard = !order.isDebit;
  return {
    orderId: order.id,
    credentialId: order.credentialId,
    isCard,
    isMerchants: order.source === 'MERCHANT',
    decline: wasDeclined ? { code: code ?? 'canceled', advice: order.retryAdvice } : null,
    paidAt: isCard ? (order.paidAt ?? now) : order.createdAt,
    isCanceled: order.status === 'CANCELED',
  };
}

async function retryDaysOf(transaction: Transaction, { agreement }: AgreementFile): Promise<readonly number[]> {
  const key = [transaction.operatorId, agreement.merchantId];
  const [merchant] = await transaction.query<MerchantForCharge>(MERCHANT_FOR_AGREEMENT, key);
  return merchant?.retryDays ?? [];
}
