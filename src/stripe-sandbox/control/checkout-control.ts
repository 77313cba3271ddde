import type Stripe from 'stripe';
import { cardOfToken } from '../cards/test-cards.js';
import { fetchOne, idOf } from '../core/lookup.js';
import type { World } from '../core/world.js';
import { answerChallenge, findIntent } from '../pages/authentication.js';
import { findSession } from '../pages/checkout.js';
import { type Payer, type Submission, submitCheckout } from '../resources/checkout-submit.js';

/** How a payer without a browser fills in the page of a Checkout Session. */
export interface CheckoutPayment {
  /** A card number, or the token of a test card such as `pm_card_visa`; 4242424242424242 if nothing is given. */
  card?: string;
  /** An IBAN instead of a card. */
  iban?: string;
  email?: string;
  name?: string;
  /** How 3-D Secure is answered if it is asked for; without it the payer stays on the bank's page. */
  authentication?: 'succeed' | 'fail';
}

export interface CheckoutOutcome {
  outcome: 'complete' | 'refused' | 'requires_action';
  /** Why, when it was refused: what the page would show. */
  error: { message: string; code?: string; decline_code?: string } | null;
  session: Stripe.Checkout.Session;
}

const USUAL_CARD = '4242424242424242';

function payerOf({ card = USUAL_CARD, iban, email, name }: CheckoutPayment, expYear: number): Payer {
  const number = cardOfToken(card)?.number ?? card;
  return {
    name: name ?? 'Jenny Rosen',
    email: email ?? 'jenny.rosen@example.com',
    means: iban === undefined ? { card: { number, exp_month: '12', exp_year: String(expYear), cvc: '123' } } : { iban },
  };
}

function errorOf(result: Submission): CheckoutOutcome['error'] {
  if (result.kind !== 'refused') return null;
  const { message, code, decline_code } = result.error;
  return { message, ...(code !== undefined && { code }), ...(decline_code !== undefined && { decline_code }) };
}

/** Pays a session as a person on its page would. */
export function payCheckout(world: World, sessionId: string, payment: CheckoutPayment): CheckoutOutcome {
  const found = findSession(world, sessionId);
  if (found === null) throw new Error(`The sandbox has no ${sessionId}.`);
  const { scope, session } = found;
  if (session.status !== 'open') throw new Error(`${sessionId} has the status ${session.status} and cannot be paid.`);
  const expYear = new Date(world.clock.nowMs()).getUTCFullYear() + 1;
  const result = submitCheckout(scope, session, payerOf(payment, expYear));
  const now = () => fetchOne(scope, 'checkoutSessions', sessionId);
  if (result.kind !== 'challenge') {
    return { outcome: result.kind, error: errorOf(result), session: now() };
  }
  if (payment.authentication === undefined) return { outcome: 'requires_action', error: null, session: now() };
  const intentId = idOf(now().payment_intent) ?? idOf(now().setup_intent) ?? '';
  const waiting = findIntent(world, scope.account.id, intentId);
  if (waiting !== null) answerChallenge(waiting, payment.authentication === 'succeed');
  return { ...afterChallenge(world, scope.account.id, intentId, now()), session: now() };
}

function afterChallenge(world: World, accountId: string, intentId: string, session: Stripe.Checkout.Session) {
  if (session.status === 'complete') return { outcome: 'complete', error: null } as const;
  const intent = findIntent(world, accountId, intentId)?.intent;
  const error = intent?.object === 'payment_intent' ? intent.last_payment_error : intent?.last_setup_error;
  const { message = '', code, decline_code } = error ?? {};
  return {
    outcome: 'refused',
    error: { message, ...(code !== undefined && { code }), ...(decline_code !== undefined && { decline_code }) },
  } as const;
}
