import type Stripe from 'stripe';
import { businessDaysAfter } from '../banks/business-days.js';
import { refusal } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { put } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import { emit } from '../events/emit.js';
import { asOf, balanceOf, recordMovement } from './balance.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long a payout stays with Stripe, and so can be canceled; and when it is in the bank. */
const LEAVES_AFTER_MS = HOUR_MS;
const ARRIVES_AFTER_BUSINESS_DAYS = 2;

export interface PayoutOrder {
  amount: number;
  currency: string;
  description: string | null;
  metadata: Stripe.Metadata;
  statementDescriptor: string | null;
  isAutomatic: boolean;
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Sends money from the balance to the bank account. */
function open(scope: Scope, order: PayoutOrder): Stripe.Payout {
  const id = newId('po');
  const { amount, currency, isAutomatic } = order;
  const nowMs = scope.world.clock.nowMs();
  const arrivesMs = startOfDay(businessDaysAfter(nowMs, ARRIVES_AFTER_BUSINESS_DAYS));
  const movement = recordMovement(scope, {
    type: 'payout',
    category: 'payout',
    amount: -amount,
    currency,
    source: id,
    description: order.description ?? 'STRIPE PAYOUT',
    availableAtOnce: true,
    isSettled: true,
  });
  const payout = put(scope.book.payouts, {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: arrivesMs / 1000,
    automatic: isAutomatic,
    balance_transaction: movement.id,
    created: scope.world.clock.now(),
    currency,
    description: order.description ?? (isAutomatic ? 'STRIPE PAYOUT' : null),
    destination: `ba_${scope.account.id.slice('acct_'.length)}`,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: scope.book.livemode,
    metadata: order.metadata,
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: isAutomatic ? 'in_progress' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: order.statementDescriptor,
    status: 'pending',
    trace_id: { status: 'pending', value: null },
    type: 'bank_account',
  });
  if (isAutomatic) scope.book.payoutOf.set(movement.id, id);
  emit(scope, 'payout.created', payout);
  schedule(scope, 'payout_leaves', id, nowMs + LEAVES_AFTER_MS);
  schedule(scope, 'payout_arrives', id, arrivesMs);
  return payout;
}

/** A payout by request. There must be enough for it. */
export function requestPayout(scope: Scope, order: PayoutOrder): Stripe.Payout {
  if (order.amount <= (balanceOf(scope, 'available').get(order.currency) ?? 0)) return open(scope, order);
  throw refusal(
    'You have insufficient funds in your Stripe account for this transfer. Your card balance is too low.  You can use the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance).',
    { code: 'balance_insufficient' },
  );
}

/** Pays out all that is available: one payout for each currency, which has its transactions. */
export function payOut(scope: Scope): Stripe.Payout[] {
  const now = scope.world.clock.now();
  const due = scope.book.balanceTransactions.things.filter(
    (each) => each !== undefined && asOf(each, now).status === 'available' && !scope.book.payoutOf.has(each.id),
  );
  const byCurrency = Map.groupBy(due, (each) => each?.currency ?? '');
  return [...byCurrency].flatMap(([currency, movements]) => {
    const amount = movements.reduce((sum, each) => sum + (each?.net ?? 0), 0);
    // What is owed stays on the balance until there is more than that.
    if (amount <= 0) return [];
    const automatic = { description: null, metadata: {}, statementDescriptor: null, isAutomatic: true };
    const payout = open(scope, { amount, currency, ...automatic });
    for (const each of movements) if (each !== undefined) scope.book.payoutOf.set(each.id, payout.id);
    return [payout];
  });
}

/** Once: a schedule that was changed and changed back has its midnight already. */
export function scheduleDailyPayouts(scope: Scope): void {
  const { accountId, livemode } = scope.book;
  const isDue = scope.world.timetable.entries.some(
    (each) => each.kind === 'payouts_due' && each.accountId === accountId && each.livemode === livemode,
  );
  if (isDue) return;
  schedule(scope, 'payouts_due', scope.account.id, startOfDay(scope.world.clock.nowMs()) + DAY_MS);
}

/** Every midnight, for as long as the account wants it. */
export function payOutDaily(scope: Scope): void {
  if (scope.account.payouts !== 'daily') return;
  payOut(scope);
  scheduleDailyPayouts(scope);
}
