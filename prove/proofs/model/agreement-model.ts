import { dateAfter, type Unit } from '../../../test/unit/agreements/reference-calendar.js';
import { type Answered, HOUR_MS, REPEATABLE_MS } from './order-model.js';
import type { Fate } from './payment-system.js';

const DAY_MS = 24 * HOUR_MS;
/** Days after a charge's first decline on which it is tried again. */
export const RETRY_DAYS = [1, 3];
const TRIES_MAX = 15;
const TRIES_WITHIN_MS = 30 * DAY_MS;
/** What the payment system never carried out is tried again so often, an hour later each time. */
const TECHNICAL_MAX = 3;

export interface Plan {
  readonly unit: Unit;
  readonly interval: number;
  readonly start: string;
}

interface Charge {
  /** Null: an extra one beside the schedule. */
  readonly number: number | null;
  readonly amount: bigint;
  readonly plannedAt: number;
  readonly createdAt: number;
  status: 'OPEN' | 'PAID' | 'FAILED';
  because: string | null;
  attempts: number;
  declines: number;
  technical: number;
  firstFailedAt: number | null;
  retryAt: number | null;
}

/**
 * What the guide to recurring payments says: each period once, at nine in the
 * morning of its day in UTC; a decline is tried again by the merchant's policy,
 * and the next period takes its place.
 */
export class AgreementModel {
  status: 'ACTIVE' | 'PAST_DUE' | 'SUSPENDED' | 'CANCELED' = 'ACTIVE';
  because: string | null = null;
  paymentsMade = 0;
  readonly charges: Charge[] = [];
  #nextNumber = 1;
  /** Which of the plan's dates is that of which number. */
  #base = { number: 1, index: 0 };
  #unknown: { readonly charge: Charge; readonly wasDone: boolean; readonly since: number } | null = null;
  #giveUpAs: string | null = null;
  #tries: number[] = [];
  #paidOn: string | null = null;

  constructor(
    public plan: Plan,
    public amount: bigint,
  ) {}

  get isInForce(): boolean {
    return this.status === 'ACTIVE' || this.status === 'PAST_DUE';
  }

  get paid(): bigint {
    return this.charges.reduce((sum, { status, amount }) => sum + (status === 'PAID' ? amount : 0n), 0n);
  }

  /** Everything that is due by now, one after the other; `first` is what the first attempt comes to, `mood` all others. */
  tick(now: number, first: Fate, mood: Fate): void {
    let fate = first === 'DONE' ? mood : first;
    while (this.isInForce && !this.#unknown) {
      const open = this.#open;
      const isDue = this.#nextAt <= now;
      // What was missed waits behind what failed; only what fell due after that was made takes its place.
      const isHeldBack = isDue && open?.firstFailedAt != null && this.#nextAt <= open.createdAt;
      const isRetry = open?.retryAt != null && open.retryAt <= now;
      if (isDue && !isHeldBack) {
        if (open) this.#giveUp(open, 'NEXT_PERIOD_DUE');
        this.#tryOnce(() => this.#nextPeriod(now), fate, now);
      } else if (isRetry && open) {
        this.#tryOnce(() => open, fate, now);
      } else return;
      fate = mood;
    }
  }

  /** The outcome of what was lost: as it was, or as it is when repeated; after a day it never was. */
  resolve(now: number, mood: Fate): void {
    const unknown = this.#unknown;
    if (!unknown) return;
    this.#unknown = null;
    if (unknown.wasDone) this.#conclude(unknown.charge, 'DONE', now);
    else this.#conclude(unknown.charge, now - unknown.since < REPEATABLE_MS ? mood : 'LOST_BEFORE', now);
    this.#giveUpAs = null;
  }

  charge(fate: Fate, now: number): Answered {
    if (this.status === 'SUSPENDED') return 'ILLEGAL_TRANSITION';
    if (this.#unknown) return 'OUTCOME_PENDING';
    if (this.#isTriedTooOften(now)) return 'AGREEMENT_LIMIT_EXCEEDED';
    if (this.#open) this.#attempt(this.#open, fate, now);
    else if (this.isInForce && this.#nextAt <= now) this.#attempt(this.#nextPeriod(now), fate, now);
    else if (this.#paidOn === dayOf(now)) return 'AGREEMENT_LIMIT_EXCEEDED';
    else if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    else this.#attempt(this.#newCharge(null, now, now), fate, now);
    return 'OK';
  }

  suspend(): Answered {
    if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    if (this.status !== 'SUSPENDED') this.#suspend('REQUESTED');
    return 'OK';
  }

  /** Periods that passed meanwhile are skipped, and use up no number. */
  resume(now: number): Answered {
    if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    if (this.status !== 'SUSPENDED') return 'OK';
    this.status = 'ACTIVE';
    this.because = null;
    if (this.#at(this.#nextNumber) <= now) this.#skip(now);
    return 'OK';
  }

  cancel(): Answered {
    if (this.status === 'CANCELED') return 'OK';
    this.status = 'CANCELED';
    this.because = null;
    if (this.#unknown) this.#giveUpAs = 'AGREEMENT_ENDED';
    else if (this.#open) this.#giveUp(this.#open, 'AGREEMENT_ENDED');
    return 'OK';
  }

  reprice(amount: bigint): Answered {
    if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    this.amount = amount;
    return 'OK';
  }

  /** Numbers go on; the next is the first date of the new plan after now and after the day that was charged last. */
  replan(plan: Plan, now: number): Answered {
    if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    this.plan = plan;
    this.#skip(now);
    return 'OK';
  }

  /** A new card: what had failed is tried with it at once, and its tries are counted anew. */
  renew(now: number): Answered {
    if (this.status === 'CANCELED') return 'ILLEGAL_TRANSITION';
    this.#tries = [];
    if (this.#open?.retryAt != null) this.#open.retryAt = now;
    return 'OK';
  }

  shown() {
    const { status, because, paymentsMade } = this;
    const nextAt = this.isInForce ? new Date(this.#nextAt).toISOString() : null;
    const charges = this.charges.map(
      (each) => `${each.number} ${each.amount} ${each.status} ${each.because} ${each.attempts}`,
    );
    return { status, because, paymentsMade, nextNumber: this.#nextNumber, nextAt, charges: charges.toSorted() };
  }

  get #open(): Charge | undefined {
    return this.charges.find(({ status }) => status === 'OPEN');
  }

  get #nextAt(): number {
    return this.#at(this.#nextNumber);
  }

  #at(number: number): number {
    return this.#dateOf(this.#base.index + number - this.#base.number);
  }

  #dateOf(index: number): number {
    const { start, interval, unit } = this.plan;
    return Date.parse(`${dateAfter(start, index * interval, unit)}T09:00:00Z`);
  }

  #skip(now: number): void {
    const last = this.charges.findLast(({ number }) => number !== null);
    const from = last ? Math.max(now, endOfDay(last.plannedAt)) : now;
    let index = 0;
    while (this.#dateOf(index) <= from) index += 1;
    this.#base = { number: this.#nextNumber, index };
  }

  #tryOnce(choose: () => Charge, fate: Fate, now: number): void {
    if (this.#isTriedTooOften(now)) this.#suspend('SCHEME_LIMIT');
    else this.#attempt(choose(), fate, now);
  }

  #nextPeriod(now: number): Charge {
    const charge = this.#newCharge(this.#nextNumber, this.#nextAt, now);
    this.#nextNumber += 1;
    return charge;
  }

  #newCharge(number: number | null, plannedAt: number, now: number): Charge {
    const { amount } = this;
    const none = { because: null, attempts: 0, declines: 0, technical: 0, firstFailedAt: null, retryAt: null };
    const charge: Charge = { number, amount, plannedAt, createdAt: now, status: 'OPEN', ...none };
    this.charges.push(charge);
    return charge;
  }

  #attempt(charge: Charge, fate: Fate, now: number): void {
    charge.attempts += 1;
    charge.retryAt = null;
    const isLost = fate === 'LOST_BEFORE' || fate === 'LOST_AFTER';
    if (isLost) this.#unknown = { charge, wasDone: fate === 'LOST_AFTER', since: now };
    else this.#conclude(charge, fate, now);
  }

  #conclude(charge: Charge, outcome: Fate, now: number): void {
    if (outcome === 'DONE') {
      charge.status = 'PAID';
      this.paymentsMade += 1;
      this.#paidOn = dayOf(now);
      this.#recover();
      return;
    }
    charge.firstFailedAt ??= now;
    const isDeclined = outcome !== 'LOST_BEFORE';
    if (isDeclined) this.#tries.push(now);
    if (isDeclined) charge.declines += 1;
    else charge.technical += 1;
    const final = this.#finalBecause(charge, outcome, now);
    const isSoon = !isDeclined && charge.technical <= TECHNICAL_MAX;
    const retryAt = isSoon ? now + HOUR_MS : this.#retryDay(charge, now);
    if (final !== null || retryAt === null) this.#giveUp(charge, final ?? 'RETRIES_EXHAUSTED');
    else {
      charge.retryAt = retryAt;
      if (this.status === 'ACTIVE') this.status = 'PAST_DUE';
    }
  }

  #finalBecause(charge: Charge, outcome: Fate, now: number): string | null {
    if (this.#giveUpAs) return this.#giveUpAs;
    if (outcome === 'STOLEN') return 'HARD_DECLINE';
    if (outcome !== 'LOST_BEFORE' && this.#isTriedTooOften(now)) return 'SCHEME_LIMIT';
    return charge.number === null ? 'DECLINED' : null;
  }

  #retryDay({ firstFailedAt, declines }: Charge, now: number): number | null {
    const days = RETRY_DAYS.slice(Math.max(0, declines - 1)).map((day) => (firstFailedAt ?? now) + day * DAY_MS);
    return days.find((at) => at > now) ?? null;
  }

  #giveUp(charge: Charge, because: string): void {
    charge.status = 'FAILED';
    charge.because = because;
    charge.retryAt = null;
    if (['HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT'].includes(because)) this.#suspend(because);
    else if (because !== 'NEXT_PERIOD_DUE') this.#recover();
  }

  #recover(): void {
    if (this.status === 'PAST_DUE' && !this.#open?.firstFailedAt) this.status = 'ACTIVE';
  }

  #suspend(because: string): void {
    if (!this.isInForce) return;
    this.status = 'SUSPENDED';
    this.because = because;
  }

  #isTriedTooOften(now: number): boolean {
    return this.#tries.filter((at) => at > now - TRIES_WITHIN_MS).length >= TRIES_MAX;
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function endOfDay(at: number): number {
  return Date.parse(`${dayOf(at)}T23:59:59.999Z`);
}
