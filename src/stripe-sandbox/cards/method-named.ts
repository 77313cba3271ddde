import type Stripe from 'stripe';
import { bankOfToken } from '../banks/bank-method.js';
import { missing } from '../core/lookup.js';
import { find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { makeCardMethod } from './payment-method.js';
import { cardOfToken } from './test-cards.js';

/**
 * The payment method a parameter names. A test token stands for a card or an account that was
 * entered just now, so each use makes a new payment method, as at Stripe.
 */
export function methodNamed(scope: Scope, name: string, param?: string): Stripe.PaymentMethod {
  const found = find(scope.book.paymentMethods, name) ?? bankOfToken(scope, name);
  if (found !== undefined) return found;
  const card = cardOfToken(name);
  if (card === undefined) throw missing(scope, 'paymentMethods', name, param);
  const expYear = new Date(scope.world.clock.nowMs()).getUTCFullYear() + 1;
  return makeCardMethod(scope, { number: card.number, expMonth: 12, expYear, cvcGiven: false });
}
