import type Stripe from 'stripe';
import type { Scope } from '../core/world.js';
import { cardBehind } from './charge.js';
import { openDispute } from './dispute.js';

/** Some test cards dispute by themselves once they have paid. */
export function bringTrouble(scope: Scope, charge: Stripe.Charge): void {
  const { afterwards } = cardBehind(scope, charge);
  if (afterwards === 'dispute_fraudulent') openDispute(scope, charge, 'fraudulent');
  if (afterwards === 'dispute_not_received') openDispute(scope, charge, 'product_not_received');
}
