import { type Fate, HOLD_DAYS, termsOf } from './payment-system.js';

/** What a caller is answered: that it was done, or why not. */
export type Answered = 'OK' | (string & {});

export const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** The payment system forgets a request's key after a day; a little earlier we stop repeating it. */
export const REPEATABLE_MS = 23 * HOUR_MS;

type StepStatus = 'PENDING' | 'UNKNOWN' | 'PROCESSING' | 'SUCCEEDED' | 'FAILED' | 'DECLINED' | 'CANCELED';

interface Step {
  readonly type: 'PAYMENT' | 'CAPTURE' | 'INCREASE' | 'VOID' | 'REFUND' | 'CLOSING';
  readonly amount: bigint;
  status: StepStatus;
}

export interface Operation {
  readonly type: 'PAYMENT' | 'CAPTURE' | 'CANCELLATION' | 'AUTHORIZATION_INCREASE';
  readonly amount: bigint;
  readonly steps: readonly Step[];
}

/** Something that was sent, and what came of it is not known. */
interface Unknown {
  readonly operation: Operation;
  readonly step: Step;
  readonly wasDone: boolean;
  readonly since: number;
}

export interface NewOrder {
  readonly number: string;
  readonly amount: bigint;
  readonly isHold: boolean;
}

/**
 * What the description of the product says of one order, and no more: five sums
 * of money, a list of what was done, and at most one thing whose outcome is open.
 */
export class OrderModel {
  authorized = 0n;
  captured = 0n;
  refunded = 0n;
  voided = 0n;
  disputed = 0n;
  closedAs: 'CANCELED' | 'EXPIRED' | null = null;
  readonly operations: Operation[] = [];
  #unknown: Unknown | null = null;
  #heldUntil = Number.POSITIVE_INFINITY;

  constructor(
    readonly terms: NewOrder,
    readonly createdAt: number,
  ) {}

  get held(): bigint {
    return this.authorized - this.captured - this.voided;
  }

  get refundable(): bigint {
    return this.captured - this.refunded;
  }

  get isUnknown(): boolean {
    return this.#unknown !== null;
  }

  /** Money first; while none has moved, how the payment stands. */
  get status(): string {
    if (this.disputed > 0n) return 'DISPUTED';
    if (this.captured > 0n) {
      if (this.refunded === this.captured && this.held === 0n) return 'REFUNDED';
      if (this.refunded > 0n) return 'PARTIALLY_REFUNDED';
      return this.captured < this.authorized ? 'PARTIALLY_CAPTURED' : 'CAPTURED';
    }
    if (this.held > 0n) return 'AUTHORIZED';
    if (this.closedAs) return this.closedAs;
    const payment = this.operations.find(({ type }) => type === 'PAYMENT');
    if (!payment) return 'CREATED';
    return statusOf(payment) === 'UNKNOWN' ? 'PROCESSING' : 'DECLINED';
  }

  /** Whether its number is free for another order. */
  get isOver(): boolean {
    return ['DECLINED', 'EXPIRED', 'CANCELED'].includes(this.status);
  }

  pay(fate: Fate, now: number): Answered {
    if (this.isUnknown) return 'OUTCOME_PENDING';
    if (this.status !== 'CREATED') return 'ILLEGAL_TRANSITION';
    this.#begin('PAYMENT', this.terms.amount, [{ type: 'PAYMENT', amount: this.terms.amount }], fate, now);
    return 'OK';
  }

  capture(amount: bigint | null, final: boolean, fate: Fate, now: number): Answered {
    if (this.isUnknown) return 'OUTCOME_PENDING';
    if (this.held === 0n) return this.#wasCaptured(amount);
    const taken = amount ?? this.held;
    if (taken > this.held) return 'AMOUNT_EXCEEDS_AVAILABLE';
    const isFinal = final || taken === this.held;
    if (!isFinal && !termsOf(this.terms.amount).multicapture) return 'MULTICAPTURE_UNAVAILABLE';
    this.#begin('CAPTURE', taken, [{ type: 'CAPTURE', amount: taken, isFinal }], fate, now);
    return 'OK';
  }

  increase(total: bigint, fate: Fate, now: number): Answered {
    if (this.isUnknown) return 'OUTCOME_PENDING';
    if (this.status !== 'AUTHORIZED' || this.voided > 0n) return 'ILLEGAL_TRANSITION';
    if (!termsOf(this.terms.amount).incrementable) return 'INCREMENT_UNAVAILABLE';
    if (total <= this.authorized) return 'AMOUNT_OUT_OF_RANGE';
    const amount = total - this.authorized;
    this.#begin('AUTHORIZATION_INCREASE', amount, [{ type: 'INCREASE', amount }], fate, now);
    return 'OK';
  }

  /** What is held goes first, because that costs nobody a fee; a part of a hold waits for the capture. */
  plan(amount: bigint | null): readonly { readonly type: 'VOID' | 'REFUND'; readonly amount: bigint }[] {
    const wanted = amount ?? this.held + this.refundable;
    const voided = lesser(wanted, this.held);
    const steps = [
      { type: 'VOID' as const, amount: voided },
      { type: 'REFUND' as const, amount: wanted - voided },
    ];
    return steps.filter((step) => step.amount > 0n);
  }

  cancel(amount: bigint | null, of: 'VOID' | 'REFUND', fate: Fate, now: number): Answered {
    if (this.isUnknown) return 'OUTCOME_PENDING';
    if (this.status === 'CREATED') return this.#close(amount, 'CANCELED');
    if (this.held === 0n && this.refundable === 0n) return 'ILLEGAL_TRANSITION';
    if (amount !== null && amount > this.held + this.refundable) return 'AMOUNT_EXCEEDS_AVAILABLE';
    const plan = this.plan(amount);
    if (this.disputed > 0n && plan.some(({ type }) => type === 'REFUND')) return 'ORDER_DISPUTED';
    const [first] = plan;
    const isWhole = first?.type !== 'VOID' || first.amount === this.held;
    const total = plan.reduce((sum, each) => sum + each.amount, 0n);
    if (isWhole) this.#begin('CANCELLATION', total, plan, fate, now, of);
    else {
      this.voided += total;
      this.#done('CANCELLATION', { type: 'VOID', amount: total });
    }
    return 'OK';
  }

  /** A refund that was pending for days arrives, or one comes back. False: there is none. */
  settleRefund(comesBack: boolean): boolean {
    const step = this.operations.flatMap(({ steps }) => steps).findLast((each) => isRefundUnderWay(each, comesBack));
    if (!step) return false;
    step.status = comesBack ? 'FAILED' : 'SUCCEEDED';
    if (comesBack) this.refunded -= step.amount;
    return true;
  }

  /** What was lost is settled by looking, and by repeating it while its key is remembered; `declined` is what a repeated payment would come to. */
  resolve(now: number): void {
    const unknown = this.#unknown;
    if (!unknown) return;
    const { operation, step, wasDone, since } = unknown;
    this.#unknown = null;
    const isOver = now >= this.#heldUntil;
    const hasLapsed = !wasDone && step.type === 'VOID' && isOver;
    const isRepeated = step.type === 'VOID' || now - since < REPEATABLE_MS;
    if (hasLapsed && this.captured > 0n) {
      step.status = 'FAILED';
      this.voided += this.held;
    } else if (step.type === 'PAYMENT' && this.terms.isHold && wasDone && isOver) {
      step.status = 'CANCELED';
      this.closedAs = 'EXPIRED';
    } else if (wasDone || isRepeated) this.#succeed(step, now, hasLapsed ? 'EXPIRED' : 'CANCELED');
    else step.status = 'FAILED';
    for (const next of operation.steps) if (next.status === 'PENDING') this.#succeed(next, now);
  }

  /** What time alone does: nobody has paid for a day, or a hold was not captured in time. */
  age(now: number): void {
    if (this.isUnknown) return;
    if (this.status === 'CREATED' && now - this.createdAt >= DAY_MS) this.#close(null, 'EXPIRED');
    if (this.held === 0n || now < this.#heldUntil) return;
    if (this.captured === 0n) {
      this.#done('CANCELLATION', { type: 'VOID', amount: this.held });
      this.closedAs = 'EXPIRED';
    }
    this.voided += this.held;
  }

  /** What is compared with the product's answer. */
  shown() {
    const { status, authorized, captured, refunded, disputed, held, refundable } = this;
    const operations = this.operations.map((each) => `${each.type} ${each.amount} ${statusOf(each)}`);
    return { status, authorized, captured, refunded, disputed, held, refundable, operations };
  }

  /** Asked for once more it is success, if there was one like it. */
  #wasCaptured(amount: bigint | null): Answered {
    if (this.captured === 0n) return 'ILLEGAL_TRANSITION';
    const taken = this.operations.filter(
      (each) =>
        statusOf(each) === 'SUCCEEDED' && (each.type === 'CAPTURE' || (each.type === 'PAYMENT' && !this.terms.isHold)),
    );
    return taken.some((each) => amount === null || each.amount === amount) ? 'OK' : 'AMOUNT_EXCEEDS_AVAILABLE';
  }

  #close(amount: bigint | null, closedAs: 'CANCELED' | 'EXPIRED'): Answered {
    if (amount !== null && amount !== this.terms.amount) return 'INVALID_INPUT';
    this.#done('CANCELLATION', { type: 'CLOSING', amount: this.terms.amount });
    this.closedAs = closedAs;
    return 'OK';
  }

  #done(type: Operation['type'], step: Omit<Step, 'status'>): void {
    this.operations.push({ type, amount: step.amount, steps: [{ ...step, status: 'SUCCEEDED' }] });
  }

  /** Carries the steps out one after the other; one whose outcome is not known stops the rest. */
  #begin(
    type: Operation['type'],
    amount: bigint,
    planned: readonly (Omit<Step, 'status'> & { readonly isFinal?: boolean })[],
    fate: Fate,
    now: number,
    of?: Step['type'],
  ): void {
    const steps = planned.map((each): Step => ({ ...each, status: 'PENDING' }));
    const operation = { type, amount, steps };
    this.operations.push(operation);
    for (const step of steps) {
      const its = of === undefined || of === step.type ? fate : 'DONE';
      if (its === 'LOST_BEFORE' || its === 'LOST_AFTER') {
        step.status = 'UNKNOWN';
        this.#unknown = { operation, step, wasDone: its === 'LOST_AFTER', since: now };
        if (its === 'LOST_AFTER' && step.type === 'PAYMENT') this.#heldUntil = now + HOLD_DAYS * DAY_MS;
        return;
      }
      if (its === 'DECLINED') step.status = 'DECLINED';
      else this.#succeed(step, now);
      if (its === 'PENDING') step.status = 'PROCESSING';
    }
  }

  #succeed(
    step: Step & { readonly isFinal?: boolean },
    now: number,
    closedAs: 'CANCELED' | 'EXPIRED' = 'CANCELED',
  ): void {
    step.status = 'SUCCEEDED';
    switch (step.type) {
      case 'PAYMENT':
        this.authorized = step.amount;
        if (!this.terms.isHold) this.captured = step.amount;
        if (this.#heldUntil === Number.POSITIVE_INFINITY) this.#heldUntil = now + HOLD_DAYS * DAY_MS;
        break;
      case 'CAPTURE':
        this.captured += step.amount;
        if (step.isFinal) this.voided = this.authorized - this.captured;
        break;
      case 'INCREASE':
        this.authorized += step.amount;
        break;
      case 'VOID':
        this.voided += this.held;
        if (this.captured === 0n) this.closedAs = closedAs;
        break;
      default:
        this.refunded += step.amount;
    }
  }
}

function lesser(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

function isRefundUnderWay({ type, status }: Step, comesBack: boolean): boolean {
  return type === 'REFUND' && (status === 'PROCESSING' || (comesBack && status === 'SUCCEEDED'));
}

/** An operation stands as its steps do. */
function statusOf({ steps }: Operation): string {
  const open = (['UNKNOWN', 'PENDING', 'PROCESSING'] as const).find((wanted) =>
    steps.some(({ status }) => status === wanted),
  );
  if (open) return open;
  const succeeded = steps.filter(({ status }) => status === 'SUCCEEDED').length;
  if (succeeded === steps.length) return 'SUCCEEDED';
  return succeeded > 0 ? 'PARTIALLY_SUCCEEDED' : (steps[0]?.status ?? 'SUCCEEDED');
}
