import type Stripe from 'stripe';
import type { PageSnapshot } from './payment-gateway.js';
import { dateOf, expanded } from './stripe-objects.js';
import { referenceIn } from './stripe-references.js';
import { PAYMENT_EXPANSIONS, paymentSnapshot } from './stripe-snapshots.js';
import { VERIFICATION_EXPANSIONS, verificationSnapshot } from './stripe-verification-snapshots.js';

/** What a page's snapshot is read from; asked for with every call that answers with one. */
export const PAGE_EXPANSIONS = [
  ...PAYMENT_EXPANSIONS.map((name) => `payment_intent.${name}`),
  ...VERIFICATION_EXPANSIONS.map((name) => `setup_intent.${name}`),
];

const STATES: Readonly<Record<string, PageSnapshot['state']>> = {
  open: 'OPEN',
  complete: 'COMPLETE',
  expired: 'EXPIRED',
};

export function pageSnapshot(session: Stripe.Checkout.Session): PageSnapshot {
  const state = STATES[session.status ?? ''];
  if (state === undefined) throw new Error(`a page has the unknown status ${session.status}`);
  return {
    externalId: session.id,
    state,
    url: state === 'OPEN' ? session.url : null,
    expiresAt: dateOf(session.expires_at),
    intent: intentOf(session),
    reference: referenceIn(session.metadata),
  };
}

/** An id alone would look like a page on which nobody has tried yet. */
function intentOf({ id, payment_intent, setup_intent }: Stripe.Checkout.Session): PageSnapshot['intent'] {
  if (typeof (payment_intent ?? setup_intent) === 'string') throw new Error(`the page ${id} came without its intent`);
  const [payment, verification] = [expanded(payment_intent), expanded(setup_intent)];
  if (payment) return paymentSnapshot(payment);
  return verification ? verificationSnapshot(verification) : null;
}
