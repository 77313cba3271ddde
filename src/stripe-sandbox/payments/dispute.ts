import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { DEBIT_RETURN_FEE, DISPUTE_FEE, recordMovement } from './balance.js';
import { isDebit } from './charge.js';
import { leftToRefund } from './refundable.js';

const ANSWER_WITHIN_SECONDS = 9 * 86_400;

const NO_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

function feeOf(charge: Stripe.Charge): number {
  return isDebit(charge) ? DEBIT_RETURN_FEE : DISPUTE_FEE;
}

function movement(scope: Scope, charge: Stripe.Charge, disputeId: string, direction: 1 | -1) {
  const amount = leftToRefund(charge);
  return recordMovement(scope, {
    type: 'adjustment',
    category: direction === 1 ? 'dispute_reversal' : 'dispute',
    amount: direction * amount,
    price: () => (direction === 1 ? 0 : feeOf(charge)),
    currency: charge.currency,
    source: disputeId,
    description: `Chargeback ${direction === 1 ? 'reversal' : 'withdrawal'} for ${charge.id}`,
  });
}

/** What differs by who disputes: a card network asks for evidence, a bank takes the money back for good. */
function termsOf(charge: Stripe.Charge, reason: string) {
  if (isDebit(charge)) return { network_reason_code: null, status: 'lost' } as const;
  const details: Stripe.Dispute.PaymentMethodDetails = {
    card: {
      brand: charge.payment_method_details?.card?.brand ?? 'visa',
      case_type: 'chargeback',
      network: 'visa',
      network_reason_code: '10.4',
    },
    type: 'card',
  };
  return {
    network_reason_code: reason === 'product_not_received' ? '13.1' : '10.4',
    payment_method_details: details,
    status: 'needs_response',
  } as const;
}

/**
 * The holder disputes a charge: the money is taken back at once, until it is decided. Against
 * the return of a debit there is no appeal, so it is lost as it begins.
 */
export function openDispute(scope: Scope, charge: Stripe.Charge, given?: string): Stripe.Dispute {
  const reason = given ?? (isDebit(charge) ? 'debit_not_authorized' : 'fraudulent');
  const now = scope.world.clock.now();
  const id = newId('du');
  const withdrawal = movement(scope, charge, id, -1);
  const dispute = put(scope.book.disputes, {
    id,
    object: 'dispute',
    amount: leftToRefund(charge),
    balance_transactions: [withdrawal],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by: isDebit(charge) ? null : now + ANSWER_WITHIN_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: scope.book.livemode,
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    reason,
    ...termsOf(charge, reason),
  });
  const disputed = amend(scope.book.charges, charge, { disputed: true });
  emit(scope, 'charge.dispute.created', dispute);
  emitChange(scope, 'charge.updated', charge, disputed);
  emit(scope, 'charge.dispute.funds_withdrawn', dispute);
  if (dispute.status === 'lost') emit(scope, 'charge.dispute.closed', dispute);
  return dispute;
}

/** The card network decides. */
export function decideDispute(scope: Scope, dispute: Stripe.Dispute, outcome: 'won' | 'lost'): Stripe.Dispute {
  const charge = fetchOne(scope, 'charges', idOf(dispute.charge) ?? '');
  const back = outcome === 'won' ? [movement(scope, charge, dispute.id, 1)] : [];
  const decided = amend(scope.book.disputes, dispute, {
    status: outcome,
    is_charge_refundable: outcome === 'won',
    balance_transactions: [...dispute.balance_transactions, ...back],
  });
  emit(scope, 'charge.dispute.closed', decided);
  if (outcome === 'won') emit(scope, 'charge.dispute.funds_reinstated', decided);
  return decided;
}
