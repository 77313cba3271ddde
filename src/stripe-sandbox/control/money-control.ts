import type Stripe from 'stripe';
import { currencyOf } from '../core/money.js';
import { find } from '../core/shelf.js';
import type { Settlement } from '../core/state.js';
import type { Scope } from '../core/world.js';
import { recordMovement } from '../payments/balance.js';
import { payOut, scheduleDailyPayouts } from '../payments/payout.js';
import { arrivePayout, failPayout, type PayoutFailureCode, sendPayout } from '../payments/payout-progress.js';
import { ControlBase } from './control-base.js';

/** Something on the balance that no payment caused. */
export interface NewMovement {
  type: 'stripe_fee' | 'adjustment';
  /** Signed, in minor units: what is taken is negative. */
  amount: number;
  currency: string;
  description?: string;
  /** The mode of the account's first keys if not given. */
  livemode?: boolean;
}

const CATEGORIES = { stripe_fee: 'fee', adjustment: 'other_adjustment' } as const;

function bookMovement(scope: Scope, movement: NewMovement): Stripe.BalanceTransaction {
  const { type, amount, description } = movement;
  if (!Number.isSafeInteger(amount)) throw new RangeError('"amount" must be in whole minor units.');
  return recordMovement(scope, {
    type,
    category: CATEGORIES[type],
    amount,
    currency: currencyOf(movement.currency),
    source: null,
    description: description ?? null,
    availableAtOnce: true,
    isSettled: true,
  });
}

function checkedSettlement({ currency, rates }: Settlement): Settlement {
  const checked = Object.entries(rates).map(([other, rate]) => {
    if (!(rate > 0)) throw new RangeError(`The rate of ${other} must be more than zero.`);
    return [currencyOf(other), rate] as const;
  });
  return { currency: currencyOf(currency), rates: Object.fromEntries(checked) };
}

/** Moves a payout on ahead of its time. */
function movePayout(scope: Scope, payout: Stripe.Payout, status: 'in_transit' | 'paid'): Stripe.Payout {
  if (status === 'in_transit') sendPayout(scope, payout.id);
  else arrivePayout(scope, payout.id);
  const after = find(scope.book.payouts, payout.id);
  if (after?.status === status) return after;
  throw new Error(`${payout.id} has the status ${payout.status} and cannot become ${status}.`);
}

/** What tests do to the balance of an account, and to its payouts. */
export class MoneyControl extends ControlBase {
  /** The currency an account is paid in, and what others are worth in it; null for that of each payment. */
  setSettlement(accountId: string, settlement: Settlement | null): void {
    this.change(this.account(accountId), { settlement: settlement && checkedSettlement(settlement) });
  }

  /** How late the balance transactions of charges are known from now on; null for at once. */
  setMovementDelay(accountId: string, seconds: number | null): void {
    if (seconds !== null && !(seconds >= 0)) throw new RangeError('A delay cannot be less than nothing.');
    this.change(this.account(accountId), { movementDelaySeconds: seconds });
  }

  /** Books something on the balance that no payment caused, available at once. */
  bookMovement(accountId: string, movement: NewMovement): Stripe.BalanceTransaction {
    return bookMovement(this.scope(accountId, movement.livemode), movement);
  }

  /** Whether what is available is paid out every midnight (UTC); new accounts are paid by request only. */
  setPayoutSchedule(accountId: string, interval: 'daily' | 'manual'): void {
    const account = this.account(accountId);
    const before = account.payouts;
    this.change(account, { payouts: interval });
    if (interval === 'manual' || before === interval) return;
    for (const livemode of [false, true]) scheduleDailyPayouts(this.scope(accountId, livemode));
  }

  /** Pays out all that is available, as the schedule does: one payout for each currency. */
  payOut(accountId: string, { livemode }: { livemode?: boolean } = {}): Stripe.Payout[] {
    return payOut(this.scope(accountId, livemode));
  }

  /** Moves a payout on ahead of its time. */
  movePayout(payoutId: string, status: 'in_transit' | 'paid'): Stripe.Payout {
    const { scope, thing } = this.find(payoutId, (each) => find(each.book.payouts, payoutId));
    return movePayout(scope, thing, status);
  }

  /** The bank gives a payout back, even one that seemed to be paid. */
  failPayout(payoutId: string, code: PayoutFailureCode): Stripe.Payout {
    const { scope, thing } = this.find(payoutId, (each) => find(each.book.payouts, payoutId));
    return failPayout(scope, thing, code);
  }

  /**
   * Whether a partial capture shows as Stripe's guide to reports has it: the whole amount, and another
   * transaction that takes the rest back. Otherwise it shows as what was captured.
   */
  setPartialCaptureReversals(accountId: string, reverses: boolean): void {
    this.change(this.account(accountId), { reversesPartialCaptures: reverses });
  }
}
