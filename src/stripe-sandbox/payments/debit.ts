import type Stripe from 'stripe';
import { businessDaysAfter } from '../banks/business-days.js';
import { type BankFailure, bankFailure } from '../banks/failures.js';
import { type TestAccount, testAccountOf } from '../banks/test-accounts.js';
import { countDecline } from '../cards/ordered-decline.js';
import { docUrl } from '../core/failure.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, find, put } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import { emit } from '../events/emit.js';
import { type AttemptResult, failAttempt, keepOrSpend } from './attempt-outcome.js';
import { chargeOf, receiptUrl } from './charge.js';
import { chargeMovement } from './charge-movement.js';
import { completeCheckout, endAsyncCheckout } from './checkout-progress.js';
import { openDispute } from './dispute.js';
import { endMandatesOf } from './mandate.js';

/** How long a debit takes whose account is none of the test accounts: what Stripe calls typical. */
const USUAL_BUSINESS_DAYS = 5;
/** When the bank of the payer is expected to debit the account. */
const DEBITED_AFTER_BUSINESS_DAYS = 2;

function accountBehind(scope: Scope, methodId: string): TestAccount | undefined {
  return testAccountOf(scope.book.ibans.get(methodId) ?? '');
}

function settlesAtMs(scope: Scope, methodId: string): number {
  const now = scope.world.clock.nowMs();
  const ordered = scope.account.debitDelaySeconds;
  if (ordered !== undefined && ordered !== null) return now + ordered * 1000;
  const account = accountBehind(scope, methodId);
  return account === undefined ? businessDaysAfter(now, USUAL_BUSINESS_DAYS) : now + account.delayMs;
}

function debitDetails(scope: Scope, method: Stripe.PaymentMethod, mandate: string | null) {
  const account = method.sepa_debit;
  const expected = businessDaysAfter(scope.world.clock.nowMs(), DEBITED_AFTER_BUSINESS_DAYS);
  const sepa_debit: Stripe.Charge.PaymentMethodDetails.SepaDebit = {
    bank_code: account?.bank_code ?? null,
    branch_code: account?.branch_code ?? null,
    country: account?.country ?? null,
    expected_debit_date: new Date(expected).toISOString().slice(0, 10),
    fingerprint: account?.fingerprint ?? null,
    last4: account?.last4 ?? null,
    mandate,
  };
  return { sepa_debit, type: 'sepa_debit' };
}

/** Sends a debit to the bank of the payer, whose answer comes later. */
export function debit(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  mandate: string | null,
): AttemptResult {
  const draft = chargeOf(scope, {
    prefix: 'py',
    intent,
    method,
    decline: null,
    details: debitDetails(scope, method, mandate),
  });
  const charge = put(scope.book.charges, {
    ...draft,
    amount_captured: intent.amount,
    captured: true,
    paid: false,
    receipt_url: null,
    status: 'pending',
  });
  keepOrSpend(scope, intent, method);
  emit(scope, 'charge.pending', charge);
  const processing = amend(scope.book.paymentIntents, intent, {
    status: 'processing',
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
  });
  emit(scope, 'payment_intent.processing', processing);
  completeCheckout(scope, processing);
  schedule(scope, 'debit_settles', intent.id, settlesAtMs(scope, method.id));
  return { intent: processing, failure: null };
}

function failureOf(scope: Scope, methodId: string): BankFailure | null {
  const ordered = scope.book.declines.get(methodId);
  const code = ordered?.code ?? accountBehind(scope, methodId)?.failureCode;
  return code === undefined || code === null ? null : bankFailure(code);
}

/** The bank of the payer has answered: it paid, or it did not. */
export function settleDebit(scope: Scope, intentId: string): void {
  const intent = find(scope.book.paymentIntents, intentId);
  if (intent === undefined || intent.status !== 'processing') return;
  const charge = fetchOne(scope, 'charges', idOf(intent.latest_charge) ?? '');
  const method = fetchOne(scope, 'paymentMethods', charge.payment_method ?? '');
  const failure = failureOf(scope, method.id);
  if (failure === null) pay(scope, intent, charge);
  else refuse(scope, intent, { charge, method, failure });
}

function pay(scope: Scope, intent: Stripe.PaymentIntent, charge: Stripe.Charge): void {
  const movement = chargeMovement(scope, charge, charge.amount);
  const paid = amend(scope.book.charges, charge, {
    balance_transaction: movement,
    paid: true,
    receipt_url: receiptUrl(scope, intent.id),
    status: 'succeeded',
  });
  emit(scope, 'charge.succeeded', paid);
  const succeeded = amend(scope.book.paymentIntents, intent, { status: 'succeeded', amount_received: intent.amount });
  emit(scope, 'payment_intent.succeeded', succeeded);
  endAsyncCheckout(scope, succeeded);
  if (accountBehind(scope, charge.payment_method ?? '')?.isDisputed === true) openDispute(scope, paid);
}

interface Refused {
  charge: Stripe.Charge;
  method: Stripe.PaymentMethod;
  failure: BankFailure;
}

function refuse(scope: Scope, intent: Stripe.PaymentIntent, { charge, method, failure }: Refused): void {
  const { code, message } = failure;
  countDecline(scope.book, method.id);
  const failed = amend(scope.book.charges, charge, {
    amount_captured: 0,
    captured: false,
    failure_code: code,
    failure_message: message,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: 'declined_by_network',
      reason: code,
      risk_level: 'not_assessed',
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    },
    status: 'failed',
  });
  emit(scope, 'charge.failed', failed);
  const error = { type: 'invalid_request_error', code, message, doc_url: docUrl(code) } as const;
  const left = failAttempt(scope, intent, { ...error, charge: charge.id, payment_method: method }, charge.id);
  endAsyncCheckout(scope, left);
  if (failure.endsMandate) endMandatesOf(scope, method.id);
}
