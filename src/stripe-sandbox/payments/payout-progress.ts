import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { randomText } from '../core/ids.js';
import { amend, find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { recordMovement } from './balance.js';

/** Why a bank does not take a payout, in Stripe's codes. */
export const PAYOUT_FAILURES = {
  account_closed: 'The bank account has been closed.',
  account_frozen: 'The bank account has been frozen.',
  bank_account_restricted: 'The bank account has restrictions on either the type, or the number, of payouts allowed.',
  bank_ownership_changed: 'The destination bank account is no longer valid because its branch has changed ownership.',
  could_not_process: 'The bank could not process this payout.',
  debit_not_authorized: 'Debit transactions are not approved on the bank account.',
  declined: 'The bank has declined this payout. Please contact the bank before retrying.',
  incorrect_account_holder_name: 'The bank account holder name on file appears to be incorrect.',
  insufficient_funds: 'The Stripe account has insufficient funds to cover the payout.',
  invalid_account_number: 'The routing number seems correct, but the account number is invalid.',
  invalid_currency: 'The bank was unable to process this payout because of its currency.',
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located with those details.',
} as const;
export type PayoutFailureCode = keyof typeof PAYOUT_FAILURES;

const ON_ITS_WAY = ['pending', 'in_transit'];

/** The payout is with the bank: it cannot be called back any more. */
export function sendPayout(scope: Scope, payoutId: string): void {
  const payout = find(scope.book.payouts, payoutId);
  if (payout?.status !== 'pending') return;
  emitChange(scope, 'payout.updated', payout, amend(scope.book.payouts, payout, { status: 'in_transit' }));
}

/** The money is in the bank account. What it consists of is known a little later, with an event of its own. */
export function arrivePayout(scope: Scope, payoutId: string): void {
  sendPayout(scope, payoutId);
  const payout = find(scope.book.payouts, payoutId);
  if (payout?.status !== 'in_transit') return;
  const trace = { status: 'supported', value: randomText(14).toUpperCase() };
  const paid = amend(scope.book.payouts, payout, { status: 'paid', trace_id: trace });
  emit(scope, 'payout.paid', paid);
  reconcile(scope, paid);
}

/** What an automatic payout consists of can be listed from now on. */
function reconcile(scope: Scope, payout: Stripe.Payout): Stripe.Payout {
  if (payout.reconciliation_status !== 'in_progress') return payout;
  const reconciled = amend(scope.book.payouts, payout, { reconciliation_status: 'completed' });
  emit(scope, 'payout.reconciliation_completed', reconciled);
  return reconciled;
}

/** Puts the money back on the balance. */
function giveBack(scope: Scope, payout: Stripe.Payout, type: 'payout_cancel' | 'payout_failure'): string {
  return recordMovement(scope, {
    type,
    category: 'payout_reversal',
    amount: payout.amount,
    currency: payout.currency,
    source: payout.id,
    description: type === 'payout_cancel' ? 'PAYOUT CANCELED' : 'PAYOUT FAILURE',
    availableAtOnce: true,
    isSettled: true,
  }).id;
}

/** The bank does not take the payout; it may say so after it seemed to be paid. */
export function failPayout(scope: Scope, payout: Stripe.Payout, code: PayoutFailureCode): Stripe.Payout {
  if (!ON_ITS_WAY.includes(payout.status) && payout.status !== 'paid') {
    throw new Error(`${payout.id} has the status ${payout.status} and cannot fail.`);
  }
  const failed = amend(scope.book.payouts, payout, {
    status: 'failed',
    failure_code: code,
    failure_message: PAYOUT_FAILURES[code],
    failure_balance_transaction: giveBack(scope, payout, 'payout_failure'),
  });
  emit(scope, 'payout.failed', failed);
  return reconcile(scope, failed);
}

export function cancelPayout(scope: Scope, payout: Stripe.Payout): Stripe.Payout {
  if (payout.automatic) {
    throw refusal('You cannot cancel an automatic payout.', { code: 'payouts_not_allowed' });
  }
  if (payout.status !== 'pending') {
    throw refusal(`Payouts can only be canceled while they are pending. This payout has a status of ${payout.status}.`);
  }
  const canceled = amend(scope.book.payouts, payout, {
    status: 'canceled',
    failure_balance_transaction: giveBack(scope, payout, 'payout_cancel'),
  });
  emit(scope, 'payout.canceled', canceled);
  return canceled;
}
