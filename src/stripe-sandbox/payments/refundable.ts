import type Stripe from 'stripe';

/** Whether the charge may be captured several times: such charges count released money otherwise. */
export function isMulticapture(charge: Stripe.Charge): boolean {
  return charge.payment_method_details?.card?.multicapture?.status === 'available';
}

/**
 * The part of `amount_refunded` that never was money. A single capture shows its released rest
 * as refunded; a charge with multicapture does not.
 */
function releasedOf(charge: Stripe.Charge): number {
  return isMulticapture(charge) || !charge.captured ? 0 : charge.amount - charge.amount_captured;
}

/** What was really given back so far. */
export function moneyRefunded(charge: Stripe.Charge): number {
  return Math.max(0, charge.amount_refunded - releasedOf(charge));
}

export function leftToRefund(charge: Stripe.Charge): number {
  return charge.amount_captured - moneyRefunded(charge);
}

/** `refunded` turns true only after the final capture, when everything captured went back. */
export function isWhollyRefunded(charge: Stripe.Charge): boolean {
  if (isMulticapture(charge)) {
    return charge.captured && charge.amount_captured > 0 && charge.amount_refunded >= charge.amount_captured;
  }
  return charge.amount_refunded >= charge.amount;
}
