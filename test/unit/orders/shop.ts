import type { OperationStatus } from '../../../src/features/orders/domain/operation-state.js';
import { heldAmount } from '../../../src/features/orders/domain/order-status.js';
import { inFlight, type TransactionRow, transactionsOf } from '../../../src/features/orders/order-rows.js';
import type { PaymentSnapshot } from '../../../src/features/payment-systems/payment-gateway.js';
import { anOrder, DECLINED, FAILED, type OrderOnTheTable, REFUSED, UNKNOWN } from './builders.js';
import { PaymentSystem } from './reference-payment-system.js';

/** What becomes of one call to the payment system. */
export const FATES = ['answered', 'lost before', 'lost after', 'refused'] as const;

export const DEEDS = [
  'pay',
  'payer acts',
  'capture',
  'cancel',
  'close',
  'raise',
  'reconcile',
  'look',
  'old news',
  'refund settles',
  'refund comes back',
  'hold lapses',
  'captured elsewhere',
  'voided elsewhere',
  'refunded elsewhere',
  'raised elsewhere',
] as const;

export interface Step {
  readonly deed: (typeof DEEDS)[number];
  readonly fate: (typeof FATES)[number];
  /** In hundredths of what there is. */
  readonly share: number;
  readonly yes: boolean;
  readonly pick: number;
}

const REFUSED_HOLD = { kind: 'failed', why: REFUSED } as const;

/** An order, the payment system that has its money, and the news that travels between them. */
export class Shop {
  readonly order: OrderOnTheTable;
  readonly system: PaymentSystem;
  /** Released by being written down, of which the payment system has not heard. */
  writtenDown = 0n;
  #looks = 0;
  readonly #seen: PaymentSnapshot[] = [];

  constructor(captureMode: 'AUTOMATIC' | 'MANUAL', multicapture: boolean) {
    this.order = anOrder(captureMode, 100n);
    this.system = new PaymentSystem(multicapture);
  }

  get busy(): boolean {
    return inFlight(this.order.file) !== null;
  }

  async take(step: Step): Promise<void> {
    const deeds: Readonly<Record<Step['deed'], () => Promise<void> | void>> = {
      pay: () => this.#pay(step),
      'payer acts': () => this.#payerActs(step),
      capture: () => this.#capture(step),
      cancel: () => this.#cancel(step),
      close: () => this.#close(step),
      raise: () => this.#raise(step),
      reconcile: () => this.reconcile(step.fate),
      look: () => this.look(),
      'old news': () => this.#oldNews(step),
      'refund settles': () => this.#refundMoves(step, 'PENDING', step.yes ? 'SUCCEEDED' : 'FAILED'),
      'refund comes back': () => this.#refundMoves(step, 'SUCCEEDED', 'FAILED'),
      'hold lapses': () => this.system.lapse(),
      'captured elsewhere': () => this.#capturedElsewhere(step),
      'voided elsewhere': () => void (this.system.state === 'HELD' && this.system.void()),
      'refunded elsewhere': () => this.#refundedElsewhere(step),
      'raised elsewhere': () => this.#raisedElsewhere(step),
    };
    await deeds[step.deed]();
    if (this.system.state !== 'NOTHING') this.#seen.push(this.system.snapshot);
  }

  /** An event says that something changed: it is fetched, and what is there is recorded. */
  async look(): Promise<void> {
    const pending = inFlight(this.order.file);
    if (this.system.state !== 'NOTHING' && this.order.payment && (!pending || pending.type === 'PAYMENT')) {
      await this.order.learns(this.system.declined ? DECLINED : this.system.snapshot);
    }
    // Twice, as an event that did not fit comes again: one refund may make room for another.
    for (const refund of [...this.system.refunds, ...this.system.refunds]) {
      const snapshot = this.system.snapshotOf(refund);
      const ours = this.order.file.transactions.find(
        ({ id, externalId }) => id === refund.transactionId || externalId === refund.externalId,
      );
      if (ours) await this.order.refundAnswered(ours.operationId, { kind: 'seen', snapshot });
      else if (!this.busy) await this.order.refundSeenElsewhere(snapshot);
    }
  }

  async #oldNews({ pick }: Step): Promise<void> {
    const old = this.#seen[pick % Math.max(1, this.#seen.length)];
    if (!old || this.system.declined) return;
    await this.order.learns(old);
  }

  async #pay({ fate, yes, pick }: Step): Promise<void> {
    if (this.order.order.status !== 'CREATED') return;
    await this.order.isPaid();
    if (fate === 'refused') return void (await this.order.learns(FAILED));
    if (fate !== 'lost before') {
      if (!yes) this.system.state = pick % 2 === 0 ? 'NEEDS_ACTION' : 'PROCESSING';
      else if (pick % 4 === 0) this.system.declines();
      else this.#grant();
    }
    const seen = this.system.declined ? DECLINED : ({ kind: 'seen', snapshot: () => this.system.snapshot } as const);
    if (fate !== 'answered') await this.order.learns(UNKNOWN);
    else await this.order.learns(seen.kind === 'seen' ? seen.snapshot() : seen);
  }

  #grant(): void {
    this.system.grants(100n, this.order.order.captureMode === 'AUTOMATIC');
  }

  #payerActs({ yes }: Step): void {
    if (this.system.state !== 'NEEDS_ACTION' && this.system.state !== 'PROCESSING') return;
    if (yes) this.#grant();
    else this.system.declines();
  }

  async #capture({ share, yes, fate }: Step): Promise<void> {
    const held = heldAmount(this.order.order);
    if (this.busy || held <= 0n) return;
    const amount = part(held, share);
    const final = yes || !this.system.multicapture || amount === held;
    await this.#carryOut(await this.order.opensCapture(amount, final), fate);
  }

  async #cancel({ share, yes, fate }: Step): Promise<void> {
    const { order } = this.order;
    const held = heldAmount(order);
    const available = held + order.captured - order.refunded;
    if (this.busy || available <= 0n || order.authorized === 0n) return;
    const amount = yes ? available : part(available, share);
    if (amount < held) this.writtenDown += amount;
    await this.#carryOut(await this.order.opensCancellation(amount), fate);
  }

  async #close({ yes, fate }: Step): Promise<void> {
    if (this.busy || this.order.order.status !== 'REQUIRES_ACTION') return;
    await this.#carryOut(await this.order.opensClosing(yes ? 'CANCELED' : 'EXPIRED'), fate);
  }

  async #raise({ share, fate }: Step): Promise<void> {
    const { status, voided } = this.order.order;
    if (this.busy || status !== 'AUTHORIZED' || voided > 0n) return;
    await this.#carryOut(await this.order.opensIncrease(BigInt(share)), fate);
  }

  /** The outcome that is not known is asked for; what was not carried out is sent again. */
  async reconcile(fate: Step['fate']): Promise<void> {
    const operation = inFlight(this.order.file);
    if (!operation) return;
    if (operation.type !== 'PAYMENT') return this.#carryOut(operation.id, fate);
    if (fate !== 'answered') return void (await this.order.learns(UNKNOWN));
    await this.order.learns(
      this.system.state === 'NOTHING' ? FAILED : this.system.declined ? DECLINED : this.system.snapshot,
    );
  }

  /** Sends the operation's steps one after the other; one of unknown outcome stops the rest. */
  async #carryOut(operationId: string, fate: Step['fate']): Promise<void> {
    for (;;) {
      const operation = this.order.file.operations.find(({ id }) => id === operationId);
      const steps = operation ? transactionsOf(this.order.file, operation) : [];
      const next = steps.find(({ status }) => status === 'UNKNOWN') ?? steps.find(({ status }) => status === 'PENDING');
      if (!operation || !next) return;
      await this.#send(operationId, next, operation.request.final ?? true, fate);
      if (inFlight(this.order.file)?.status === 'UNKNOWN') return;
      if (operation.request.closeAs && next.type === 'VOID' && !this.busy) await this.look();
    }
  }

  async #send(operationId: string, step: TransactionRow, final: boolean, fate: Step['fate']): Promise<void> {
    const again = step.status === 'UNKNOWN';
    if (step.type === 'REFUND') return this.#sendRefund(operationId, step, fate);
    const happened = fate === 'lost before' || (fate === 'refused' && !again) ? null : this.#ask(step, final);
    if (fate === 'lost before' || fate === 'lost after') await this.order.holdAnswered(operationId, UNKNOWN);
    // What was answered with a payment that does not show it stays unknown for a day; then it is taken as not done.
    else
      await this.order.holdAnswered(operationId, happened && this.#looks++ < 3 ? this.system.snapshot : REFUSED_HOLD);
    if (!this.busy) this.#looks = 0;
  }

  #ask(step: TransactionRow, final: boolean): boolean {
    switch (step.type) {
      case 'CAPTURE':
        return this.system.capture(step.id, step.amount, final);
      case 'VOID':
        return this.system.void();
      default:
        return this.system.raise(this.order.order.authorized + step.amount);
    }
  }

  async #sendRefund(operationId: string, step: TransactionRow, fate: Step['fate']): Promise<void> {
    const known = this.system.refunds.some(({ transactionId }) => transactionId === step.id);
    const sent = fate !== 'lost before' && (fate !== 'refused' || known);
    const refund = sent
      ? this.system.refund(step.id, step.amount, step.amount % 2n === 0n ? 'SUCCEEDED' : 'PENDING')
      : null;
    if (fate === 'lost before' || fate === 'lost after') await this.order.refundAnswered(operationId, UNKNOWN);
    else if (refund)
      await this.order.refundAnswered(operationId, { kind: 'seen', snapshot: this.system.snapshotOf(refund) });
    else await this.order.refundAnswered(operationId, REFUSED_HOLD);
  }

  #refundMoves({ pick }: Step, from: 'PENDING' | 'SUCCEEDED', to: 'SUCCEEDED' | 'FAILED'): void {
    const those = this.system.refunds.filter(({ state }) => state === from);
    const refund = those[pick % Math.max(1, those.length)];
    if (refund) refund.state = to;
  }

  #capturedElsewhere({ share, yes }: Step): void {
    if (this.system.capturable <= 0n) return;
    this.system.capture(`console ${this.#seen.length}`, part(this.system.capturable, share), yes);
  }

  #refundedElsewhere({ share, yes }: Step): void {
    const left = this.system.captured - this.system.refunded;
    if (left > 0n) this.system.refund(null, part(left, share), yes ? 'SUCCEEDED' : 'PENDING');
  }

  #raisedElsewhere({ share }: Step): void {
    if (this.system.state === 'HELD') this.system.raise(this.system.granted + BigInt(share));
  }

  /** The order's amounts as they must be, by the payment system's sums and what was only written down. */
  get owed() {
    const { granted, captured, refunded, state } = this.system;
    // A hold that came and went before anybody looked is no part of the order's history.
    const unseen = state === 'CANCELED' && captured === 0n && this.order.payment?.status !== 'SUCCEEDED';
    if (unseen) return { authorized: 0n, captured, voided: 0n, refunded };
    const rest = granted - captured;
    const voided = state === 'HELD' && this.writtenDown < rest ? this.writtenDown : rest;
    return { authorized: granted, captured, voided, refunded };
  }

  /** The order's status as it must be, in words of the payment system's. */
  get due(): string {
    const { authorized, captured, voided, refunded } = this.owed;
    const held = authorized - captured - voided;
    if (captured > 0n) {
      if (refunded === captured && held === 0n) return 'REFUNDED';
      if (refunded > 0n) return 'PARTIALLY_REFUNDED';
      return captured === authorized ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
    }
    if (held > 0n) return 'AUTHORIZED';
    if (this.system.state === 'CANCELED') {
      const closing = this.order.file.operations.find(
        ({ request, status }) => request.closeAs && status === 'SUCCEEDED',
      );
      if (closing) return closing.request.closeAs ?? '';
      return this.system.declined ? 'DECLINED' : this.system.lapsed ? 'EXPIRED' : 'CANCELED';
    }
    const status: OperationStatus | undefined = this.order.payment?.status;
    return { NEEDS_ACTION: 'REQUIRES_ACTION', PROCESSING: 'PROCESSING', NOTHING: status ? 'DECLINED' : 'CREATED' }[
      this.system.state as 'NOTHING'
    ];
  }
}

function part(whole: bigint, share: number): bigint {
  const some = (whole * BigInt(share)) / 100n;
  return some > 0n ? some : 1n;
}
