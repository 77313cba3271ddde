import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { idOf } from '../core/lookup.js';
import { amend, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { reversePartialCapture } from './charge-movement.js';

/**
 * Gives back what a hold did not capture. Stripe shows the released part as a refund of the
 * charge, although no money moved: it has no balance transaction, unless the account shows the whole and its reversal.
 */
export function releaseRest(
  scope: Scope,
  charge: Stripe.Charge,
  amount: number,
  reason: 'expired_uncaptured_charge' | null,
): Stripe.Charge {
  const id = newId('re');
  const reverses = scope.account.reversesPartialCaptures === true && charge.amount_captured > 0;
  put(scope.book.refunds, {
    id,
    object: 'refund',
    amount,
    balance_transaction: reverses ? reversePartialCapture(scope, charge, amount, id) : null,
    charge: charge.id,
    created: scope.world.clock.now(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: { card: { type: 'reversal' }, type: 'card' },
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  });
  const refunded = charge.amount_refunded + amount;
  return amend(scope.book.charges, charge, { amount_refunded: refunded, refunded: refunded >= charge.amount });
}
