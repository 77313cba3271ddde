import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { rounded } from '../core/money.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { settled } from './exchange.js';

const DAY_SECONDS = 86_400;
/** Money becomes available two days after it moved. */
const AVAILABLE_AFTER_DAYS = 2;
/** 2.9 % and 30 minor units: the price Stripe publishes for domestic cards. */
const FEE_PER_MILLE = 29;
const FEE_FIXED = 30;
/** What Stripe keeps for handling a dispute, and for a debit that is given back. */
export const DISPUTE_FEE = 1500;
export const DEBIT_RETURN_FEE = 750;
/** 0.8 % of a debit, and at most so many minor units. */
const DEBIT_FEE_PER_MILLE = 8;
const DEBIT_FEE_MAX = 500;

export function chargeFee(amount: number): number {
  return Math.round((amount * FEE_PER_MILLE) / 1000) + FEE_FIXED;
}

export function debitFee(amount: number): number {
  return Math.min(DEBIT_FEE_MAX, Math.round((amount * DEBIT_FEE_PER_MILLE) / 1000));
}

interface Movement {
  type: Stripe.BalanceTransaction.Type;
  category: string;
  /** Signed, in minor units: what comes in is positive. */
  amount: number;
  /** What Stripe takes of the amount, once it is in the currency of the balance; nothing if not given. */
  price?: (settled: number) => number;
  currency: string;
  source: string | null;
  description: string | null;
  availableAtOnce?: boolean;
  /** The money is in the currency of the balance already. */
  isSettled?: boolean;
}

/** Writes one movement of the account's balance, in the currency the account is paid in. */
export function recordMovement(scope: Scope, movement: Movement): Stripe.BalanceTransaction {
  const { amount, currency, rate } = settled(scope, movement);
  const fee = rounded(movement.price?.(amount) ?? 0, currency);
  const now = scope.world.clock.now();
  return put(scope.book.balanceTransactions, {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: movement.availableAtOnce === true ? now : now + AVAILABLE_AFTER_DAYS * DAY_SECONDS,
    balance_type: 'payments',
    created: now,
    currency,
    description: movement.description,
    exchange_rate: rate,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    status: movement.availableAtOnce === true ? 'available' : 'pending',
    type: movement.type,
  });
}

/** The status follows the clock, so it is worked out when the object is shown. */
export function asOf(transaction: Stripe.BalanceTransaction, now: number): Stripe.BalanceTransaction {
  if (transaction.status === 'available' || transaction.available_on > now) return transaction;
  return { ...transaction, status: 'available' };
}

/** What the account has in each currency, settled or still on its way. */
export function balanceOf(scope: Scope, status: 'available' | 'pending'): Map<string, number> {
  const now = scope.world.clock.now();
  const sums = new Map<string, number>();
  for (const each of scope.book.balanceTransactions.things) {
    if (each === undefined || asOf(each, now).status !== status) continue;
    sums.set(each.currency, (sums.get(each.currency) ?? 0) + each.net);
  }
  return sums;
}
