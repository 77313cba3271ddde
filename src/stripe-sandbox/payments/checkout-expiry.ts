import type Stripe from 'stripe';
import { refusal } from '../core/failure.js';
import { idOf } from '../core/lookup.js';
import { amend, find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { cancel } from './holds.js';
import { closeSetup } from './setup.js';

/** Ends an open session: from now on nobody can pay with it. The intent it had is canceled. */
export function expireCheckout(scope: Scope, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  if (session.status !== 'open') {
    throw refusal(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const expired = amend(scope.book.checkoutSessions, session, { status: 'expired', url: null });
  const payment = find(scope.book.paymentIntents, idOf(session.payment_intent) ?? '');
  if (payment !== undefined) cancel(scope, payment, 'expired');
  const setup = find(scope.book.setupIntents, idOf(session.setup_intent) ?? '');
  if (setup !== undefined) closeSetup(scope, setup, 'abandoned');
  emit(scope, 'checkout.session.expired', expired);
  return expired;
}

/** The time of a session is up. */
export function lapseCheckout(scope: Scope, sessionId: string): void {
  const session = find(scope.book.checkoutSessions, sessionId);
  if (session?.status === 'open') expireCheckout(scope, session);
}
