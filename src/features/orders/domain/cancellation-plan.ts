import { DomainError } from '../../../kernel/errors.js';
import { Money } from '../../../kernel/money.js';

/** One transaction that a cancellation would make. */
export interface CancellationStep {
  readonly type: 'VOID' | 'REFUND';
  readonly amount: Money;
  /**
   * `WITH_CAPTURE`: nothing is sent now. The payment system cannot release a
   * part of a hold, so the part goes back to the payer with the final capture.
   */
  readonly effect: 'NOW' | 'WITH_CAPTURE';
}

/**
 * The system picks how to cancel, the merchant never does: what is still held
 * is released first, since that costs nobody a fee; only then is captured
 * money refunded. `amount` null cancels everything.
 */
export function cancellationPlan(held: Money, refundable: Money, amount: Money | null): readonly CancellationStep[] {
  const available = held.plus(refundable);
  const wanted = amount ?? available;
  if (wanted.isGreaterThan(available)) {
    throw new DomainError(
      'AMOUNT_EXCEEDS_AVAILABLE',
      `amount: ${wanted} is more than the ${available} that can be cancelled (${held} held, ${refundable} captured and not refunded)`,
    );
  }
  const voided = wanted.isGreaterThan(held) ? held : wanted;
  const refunded = wanted.minus(voided);
  const steps: CancellationStep[] = [];
  if (!voided.isZero()) {
    steps.push({ type: 'VOID', amount: voided, effect: voided.minor === held.minor ? 'NOW' : 'WITH_CAPTURE' });
  }
  if (!refunded.isZero()) steps.push({ type: 'REFUND', amount: refunded, effect: 'NOW' });
  return steps;
}
