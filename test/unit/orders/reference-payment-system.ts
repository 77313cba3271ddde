import type { PaymentSnapshot } from '../../../src/features/payment-systems/payment-gateway.js';
import { paymentSeen, refundSeen } from './builders.js';

type RefundState = 'PENDING' | 'SUCCEEDED' | 'FAILED';

interface Refund {
  readonly externalId: string;
  readonly amount: bigint;
  state: RefundState;
  /** Our transaction, or null for one that was made in the payment system's console. */
  readonly transactionId: string | null;
}

/**
 * What a payment system would know of one payment: sums, and nothing of how we
 * keep them. Written apart from the code under test, as simply as can be.
 */
export class PaymentSystem {
  state: 'NOTHING' | 'NEEDS_ACTION' | 'PROCESSING' | 'HELD' | 'CAPTURED' | 'CANCELED' = 'NOTHING';
  granted = 0n;
  captured = 0n;
  lapsed = false;
  /** The bank said no, and the payment was closed for it. */
  declined = false;
  readonly refunds: Refund[] = [];
  readonly #carriedOut = new Set<string>();

  constructor(readonly multicapture: boolean) {}

  /** What may still be captured, as the payment system sees it. */
  get capturable(): bigint {
    return this.state === 'HELD' ? this.granted - this.captured : 0n;
  }

  get refunded(): bigint {
    return this.refunds.reduce((sum, { state, amount }) => sum + (state === 'FAILED' ? 0n : amount), 0n);
  }

  /** The payer's bank agrees. */
  grants(amount: bigint, captureAtOnce: boolean): void {
    this.granted = amount;
    this.captured = captureAtOnce ? amount : 0n;
    this.state = captureAtOnce ? 'CAPTURED' : 'HELD';
  }

  declines(): void {
    this.declined = true;
    this.state = 'CANCELED';
  }

  /** Each of these answers whether it is so afterwards; a repetition with the same key does nothing again. */
  capture(key: string, amount: bigint, final: boolean): boolean {
    if (this.#carriedOut.has(key)) return true;
    if (this.state === 'HELD' && amount <= this.capturable) {
      this.#carriedOut.add(key);
      this.captured += amount;
      if (final || !this.multicapture || this.capturable === 0n) this.state = 'CAPTURED';
      return true;
    }
    return this.state === 'CAPTURED' && this.captured >= amount;
  }

  void(): boolean {
    if (this.state === 'CANCELED') return true;
    if (this.state === 'CAPTURED' || this.state === 'NOTHING') return false;
    this.state = 'CANCELED';
    return true;
  }

  lapse(): void {
    if (this.state !== 'HELD') return;
    this.lapsed = true;
    this.state = this.captured > 0n ? 'CAPTURED' : 'CANCELED';
  }

  raise(total: bigint): boolean {
    if (total <= this.granted) return total === this.granted;
    if (this.state !== 'HELD' || this.captured > 0n) return false;
    this.granted = total;
    return true;
  }

  refund(transactionId: string | null, amount: bigint, state: RefundState): Refund | null {
    const known = transactionId && this.refunds.find((each) => each.transactionId === transactionId);
    if (known) return known;
    if (amount > this.captured - this.refunded) return null;
    const refund = { externalId: `re_${this.refunds.length + 1}`, amount, state, transactionId };
    this.refunds.push(refund);
    return refund;
  }

  get snapshot(): PaymentSnapshot {
    if (this.state === 'NOTHING') throw new Error('there is no payment to see');
    return paymentSeen(this.state, {
      of: this.granted || 100n,
      captured: this.captured,
      capturable: this.capturable,
      canceledBecause: this.lapsed ? 'EXPIRED' : 'REQUESTED',
      multicapture: this.multicapture,
    });
  }

  snapshotOf({ state, amount, externalId, transactionId }: Refund) {
    return { ...refundSeen(state, amount, externalId), transactionId };
  }
}
