import type Stripe from 'stripe';
import type {
  CredentialSnapshot,
  Decline,
  DisputeSnapshot,
  NextActionSnapshot,
  PaymentSnapshot,
  PaymentState,
  RefundSnapshot,
  VerificationState,
} from './payment-gateway.js';
import { fromStripeAmount } from './stripe-amounts.js';
import { declineOf } from './stripe-answers.js';
import { credentialSnapshot } from './stripe-credential-snapshots.js';
import { currencyOf, dateOf, expanded, idOf } from './stripe-objects.js';
import { METADATA, referenceIn } from './stripe-references.js';

/** What a payment's snapshot is read from; asked for with every call that answers with a payment. */
export const PAYMENT_EXPANSIONS = ['latest_charge', 'payment_method'];

/**
 * Reads a payment. Where its charge or payment method is only an id (in a list,
 * in an error), what they would tell is left out, never guessed.
 */
export function paymentSnapshot(intent: Stripe.PaymentIntent): PaymentSnapshot {
  const currency = currencyOf(intent.currency);
  const charge = expanded(intent.latest_charge);
  const card = charge?.payment_method_details?.card;
  const state = stateOf(intent);
  return {
    externalId: intent.id,
    state,
    currency,
    amount: fromStripeAmount(intent.amount, currency),
    capturable: fromStripeAmount(intent.amount_capturable, currency),
    captured: fromStripeAmount(capturedUnits(intent, charge), currency),
    canceledBecause: canceledBecause(intent),
    captureBefore: card?.capture_before ? dateOf(card.capture_before) : null,
    multicapture: card?.multicapture?.status === 'available',
    incrementable: card?.incremental_authorization?.status === 'available',
    nextAction: nextActionOf(intent, state),
    failure: failureOf(intent, charge),
    credential: credentialOf(intent, charge),
    externalCustomerId: idOf(intent.customer),
    reference: referenceIn(intent.metadata),
  };
}

const STATES: Readonly<Record<string, PaymentState>> = {
  requires_confirmation: 'PREPARED',
  requires_action: 'NEEDS_ACTION',
  processing: 'PROCESSING',
  requires_capture: 'HELD',
  succeeded: 'CAPTURED',
  canceled: 'CANCELED',
};

function stateOf({ status, last_payment_error }: Stripe.PaymentIntent): PaymentState {
  if (status === 'requires_payment_method') return last_payment_error ? 'FAILED' : 'PREPARED';
  const state = STATES[status];
  if (state === undefined) throw new Error(`a payment has the unknown status ${status}`);
  return state;
}

/**
 * Between two captures the charge may know more than the payment. One that
 * failed has captured nothing; a bank debit calls itself captured from the
 * start, days before the bank has paid.
 */
function capturedUnits(intent: Stripe.PaymentIntent, charge: Stripe.Charge | null): number {
  const isCaptured = charge?.captured && charge.status === 'succeeded';
  return Math.max(intent.amount_received, isCaptured ? charge.amount_captured : 0);
}

/** `automatic` and `expired` are Stripe's own doing: the hold lapsed, or the payment was left lying. */
function canceledBecause({ status, cancellation_reason }: Stripe.PaymentIntent): PaymentSnapshot['canceledBecause'] {
  if (status !== 'canceled') return null;
  return cancellation_reason === 'automatic' || cancellation_reason === 'expired' ? 'EXPIRED' : 'REQUESTED';
}

/** One that failed stays open: the payer may come and confirm the very same, which is how a bank's wish is met later. */
export function nextActionOf(
  { next_action, client_secret }: Pick<Stripe.PaymentIntent | Stripe.SetupIntent, 'next_action' | 'client_secret'>,
  state: PaymentState | VerificationState,
): NextActionSnapshot | null {
  if (state !== 'NEEDS_ACTION' && state !== 'FAILED') return null;
  return { redirectUrl: next_action?.redirect_to_url?.url ?? null, clientSecret: client_secret };
}

/** Of a bank debit that came back, the payment says no more than that it was declined; the charge has the bank's code. */
function failureOf({ last_payment_error: error }: Stripe.PaymentIntent, charge: Stripe.Charge | null): Decline | null {
  if (!error) return null;
  const isOfCharge = charge !== null && (error.charge === undefined || error.charge === charge.id);
  const bankCode = isOfCharge && !charge.payment_method_details?.card ? charge.failure_code : null;
  return declineOf(bankCode ? { ...error, decline_code: bankCode } : error);
}

/** A failed try lets go of its payment method, so only the last error still names it. */
function credentialOf(intent: Stripe.PaymentIntent, charge: Stripe.Charge | null): CredentialSnapshot | null {
  const method = expanded(intent.payment_method) ?? intent.last_payment_error?.payment_method;
  if (!method) return null;
  const { card, sepa_debit, us_bank_account } = charge?.payment_method_details ?? {};
  return credentialSnapshot(method, {
    schemeToken: card?.network_token?.used === true,
    mandateExternalId: idOf(sepa_debit?.mandate ?? us_bank_account?.mandate),
  });
}

const REFUND_STATES: Readonly<Record<string, RefundSnapshot['state']>> = {
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'CANCELED',
};

export function refundSnapshot(refund: Stripe.Refund): RefundSnapshot {
  return {
    externalId: refund.id,
    paymentExternalId: idOf(refund.payment_intent) ?? '',
    amount: fromStripeAmount(refund.amount, currencyOf(refund.currency)),
    state: REFUND_STATES[refund.status ?? ''] ?? 'PENDING',
    failureReason: refund.failure_reason ?? null,
    isRelease: refund.status === 'succeeded' && refund.balance_transaction === null,
    transactionId: refund.metadata?.[METADATA.transaction] ?? null,
  };
}

/** `warning_closed` is an inquiry that never became a dispute, `prevented` one that was averted. */
const DISPUTE_STATES: Readonly<Record<string, DisputeSnapshot['state']>> = {
  won: 'WON',
  warning_closed: 'WON',
  prevented: 'WON',
  lost: 'LOST',
};

export function disputeSnapshot(dispute: Stripe.Dispute): DisputeSnapshot {
  const dueBy = dispute.evidence_details?.due_by;
  return {
    externalId: dispute.id,
    paymentExternalId: idOf(dispute.payment_intent) ?? '',
    amount: fromStripeAmount(dispute.amount, currencyOf(dispute.currency)),
    state: DISPUTE_STATES[dispute.status] ?? 'OPEN',
    reason: dispute.reason,
    evidenceDueAt: dueBy ? dateOf(dueBy) : null,
  };
}
