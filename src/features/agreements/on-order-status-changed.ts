import { uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { type AgreementFile, type ChargeRow, isInForce } from './agreement-rows.js';
import { MERCHANT_FOR_AGREEMENT, OUTCOME_OF_ORDER } from './agreements-sql.js';
import { advanceIfPossible, changeAgreement } from './change-agreement.js';
import type { RetryAdvice } from './domain/dunning.js';
import type { MerchantForCharge } from './open-attempt.js';
import {
  completeIfDone,
  type Outcome,
  recordFailed,
  recordNeedsPayer,
  recordPaid,
  recordReturned,
} from './record-outcome.js';

type OrderOutcome = {
  id: string;
  status: string;
  agreementId: string;
  chargeId: string | null;
  source: string | null;
  credentialId: string | null;
  billNumber: string;
  credentialType: 'CARD' | 'SCHEME_TOKEN' | 'BANK_ACCOUNT' | null;
  createdAt: Date;
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
  if (PAID.has(order.status) && UNDECIDED.has(order.previousStatus) && order.credentialId) {
    const isNew = agreement.credentialId !== order.credentialId;
    agreement.credentialId = order.credentialId;
    agreement.firstCitAt ??= now;
    agreement.firstCitReference ??= order.billNumber;
    agreement.pendingUntil = null;
    advanceIfPossible(agreement, 'establish');
    // What failed with the old means of payment is tried with the new one at once.
    for (const charge of charges) if (isNew && charge.retryAt) charge.retryAt = now;
    return;
  }
  const wasHeld = order.previousStatus === 'AUTHORIZED';
  const isItsFirst = wasHeld && agreement.credentialId !== null && agreement.credentialId === order.credentialId;
  if (UNDONE.has(order.status) && isItsFirst && isInForce(agreement)) {
    advanceIfPossible(agreement, 'suspend', 'FIRST_PAYMENT_UNDONE');
  }
}

async function followCharge(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  order: OrderOutcome,
): Promise<void> {
  if (charge.lastOrderId !== order.id) return;
  const outcome = outcomeOf(order);
  switch (order.status) {
    case 'AUTHORIZED':
    case 'PARTIALLY_CAPTURED':
    case 'CAPTURED':
      recordPaid(file, charge, outcome, transaction.now);
      break;
    case 'REQUIRES_ACTION':
      if (order.source === 'MERCHANT') recordNeedsPayer(transaction, file, charge, order.id);
      break;
    case 'DISPUTED':
      // It may be heard of before the payment itself, which it proves.
      recordPaid(file, charge, outcome, transaction.now);
      // Of a bank account it is the debit that came back; a card's dispute is argued about first.
      if (order.credentialType === 'BANK_ACCOUNT') recordReturned(transaction, file, charge);
      break;
    case 'DECLINED':
    case 'EXPIRED':
    case 'CANCELED':
      await recordFailed(transaction, file, charge, outcome, await retryDaysOf(transaction, file));
      break;
    default:
      break;
  }
  completeIfDone(file);
}

/** A payer who never confirmed has declined in their way, and so has whoever cancelled the attempt by hand. */
function outcomeOf(order: OrderOutcome): Outcome {
  const code = order.declineCode ?? (order.status === 'EXPIRED' ? 'authentication_required' : null);
  const wasDeclined = order.paymentStatus !== 'FAILED';
  return {
    orderId: order.id,
    credentialId: order.credentialId,
    isCard: order.credentialType !== 'BANK_ACCOUNT',
    decline: wasDeclined ? { code: code ?? 'canceled', advice: order.retryAdvice } : null,
    triedAt: order.createdAt,
    isCanceled: order.status === 'CANCELED',
  };
}

async function retryDaysOf(transaction: Transaction, { agreement }: AgreementFile): Promise<readonly number[]> {
  const key = [transaction.operatorId, agreement.merchantId];
  const [merchant] = await transaction.query<MerchantForCharge>(MERCHANT_FOR_AGREEMENT, key);
  return merchant?.retryDays ?? [];
}
