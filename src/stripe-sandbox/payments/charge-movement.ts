import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { amend, find } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import { emitChange } from '../events/emit.js';
import { chargeFee, debitFee, recordMovement } from './balance.js';
import { cardBehind, isDebit } from './charge.js';

/** What was taken; `whole` is what the transaction is of, where another one takes the rest back. */
interface Taking {
  amount: number;
  whole: number;
}

/** The fee is that of what was taken, not of what is given back again. */
function record(scope: Scope, charge: Stripe.Charge, { amount, whole }: Taking): string {
  const fee = isDebit(charge) ? debitFee : chargeFee;
  return recordMovement(scope, {
    type: isDebit(charge) ? 'payment' : 'charge',
    category: 'charge',
    amount: whole,
    price: (settled) => fee(Math.round((settled * amount) / whole)),
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    availableAtOnce: !isDebit(charge) && cardBehind(scope, charge).availableAtOnce,
  }).id;
}

/** Books what was taken for a charge. Null where the account's balance transactions are late. */
export function chargeMovement(
  scope: Scope,
  charge: Stripe.Charge,
  amount: number,
  whole: number = amount,
): string | null {
  const delay = scope.account.movementDelaySeconds ?? null;
  if (delay === null) return record(scope, charge, { amount, whole });
  const id = newId('late');
  scope.book.lateMovements.set(id, { chargeId: charge.id, amount, whole });
  schedule(scope, 'movement_known', id, scope.world.clock.nowMs() + delay * 1000);
  return null;
}

/** Takes back the part of a transaction that was not captured. */
export function reversePartialCapture(scope: Scope, charge: Stripe.Charge, rest: number, refundId: string): string {
  return recordMovement(scope, {
    type: 'refund',
    category: 'partial_capture_reversal',
    amount: -rest,
    currency: charge.currency,
    source: refundId,
    description: 'REFUND FOR PARTIAL CAPTURE',
    availableAtOnce: cardBehind(scope, charge).availableAtOnce,
  }).id;
}

/** A balance transaction becomes known; the charge says so with an event. */
export function settleLateMovement(scope: Scope, id: string): void {
  const late = scope.book.lateMovements.get(id);
  const charge = find(scope.book.charges, late?.chargeId ?? '');
  if (late === undefined || charge === undefined) return;
  scope.book.lateMovements.delete(id);
  const movement = record(scope, charge, late);
  const known = amend(scope.book.charges, charge, { balance_transaction: charge.balance_transaction ?? movement });
  emitChange(scope, 'charge.updated', charge, known);
}
