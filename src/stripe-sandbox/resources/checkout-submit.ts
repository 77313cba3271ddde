import type Stripe from 'stripe';
import { methodFromData } from '../cards/card-data.js';
import { type ErrorBody, refusal, StripeFailure } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { API_VERSION, emitChange } from '../events/emit.js';
import type { FormHash } from '../http/form.js';
import { confirm } from '../payments/confirm.js';
import { payerDetails } from './checkout-draft.js';
import { createCustomer } from './customers.js';
import { openIntent } from './payment-intent-changes.js';
import { confirm as confirmSetup } from './setup-intent-confirm.js';

type Session = Stripe.Checkout.Session;

/** What the payer enters on the page. */
export interface Payer {
  name: string;
  /** Null where the session knows it. */
  email: string | null;
  means: { card: { number: string; exp_month: string; exp_year: string; cvc: string } } | { iban: string };
}

/** What comes of it: the payer is through, has to go to the bank's page, or is told what was wrong. */
export type Submission =
  | { kind: 'complete' }
  | { kind: 'challenge'; url: string }
  | { kind: 'refused'; error: Pick<ErrorBody, 'message' | 'code' | 'decline_code' | 'param'> };

/** The page calls as a browser does, so it may send card numbers. */
function asBrowser(scope: Scope): Scope {
  return {
    ...scope,
    cause: { requestId: newId('req', 14), idempotencyKey: null, version: API_VERSION, isBrowser: true },
  };
}

function methodData({ means, name }: Payer, email: string | null): FormHash {
  const billing_details = { name, ...(email !== null && { email }) };
  if ('iban' in means) return { type: 'sepa_debit', billing_details, sepa_debit: { iban: means.iban } };
  return { type: 'card', billing_details, card: means.card };
}

/** A debit wants the payer's consent, which is given by paying on the page. */
function consentTo(method: Stripe.PaymentMethod): { mandate_data?: FormHash } {
  if (method.type === 'card') return {};
  return { mandate_data: { customer_acceptance: { type: 'online', online: { infer_from_client: 'true' } } } };
}

/** The address that the page does not ask for, because the merchant gave it or the customer has it. */
export function knownEmail(session: Session): string | null {
  const ofCustomer = session.customer === null ? null : (session.customer_details?.email ?? null);
  return session.customer_email ?? ofCustomer;
}

function customerBehind(scope: Scope, session: Session): Stripe.Customer | null {
  const found = find(scope.book.customers, idOf(session.customer) ?? '');
  return found === undefined || found.deleted === true ? null : (found as Stripe.Customer);
}

/** Which customer pays: the one of the session, who learns the address, or a new one if that is wanted. */
function payingCustomer(scope: Scope, session: Session, payer: Payer, email: string | null): string | null {
  const customer = customerBehind(scope, session);
  if (customer !== null) {
    if (customer.email === null && email !== null) {
      emitChange(scope, 'customer.updated', customer, amend(scope.book.customers, customer, { email }));
    }
    return customer.id;
  }
  if (session.customer_creation !== 'always') return null;
  return createCustomer(scope, { name: payer.name, ...(email !== null && { email }) }).id;
}

/** The one intent of the session; made at the first try and used for all. */
function paymentOf(scope: Scope, session: Session, payer: Payer, email: string | null): Stripe.PaymentIntent {
  const known = find(scope.book.paymentIntents, idOf(session.payment_intent) ?? '');
  if (known !== undefined) return known;
  const plan = scope.book.checkoutPlans.get(session.id);
  if (!plan?.draft) throw new Error(`The session ${session.id} has no plan of a payment.`);
  const customer = payingCustomer(scope, session, payer, email);
  const intent = openIntent(scope, { ...plan.draft, created: scope.world.clock.now(), customer }, {});
  scope.book.checkoutOf.set(intent.id, session.id);
  amend(scope.book.checkoutSessions, fetchOne(scope, 'checkoutSessions', session.id), { payment_intent: intent.id });
  return intent;
}

function setupOf(scope: Scope, session: Session, payer: Payer, email: string | null): Stripe.SetupIntent {
  const intent = fetchOne(scope, 'setupIntents', idOf(session.setup_intent) ?? '');
  const customer = idOf(intent.customer) ?? payingCustomer(scope, session, payer, email);
  return amend(scope.book.setupIntents, intent, { customer });
}

function tryOnce(scope: Scope, session: Session, payer: Payer): Submission {
  const email = knownEmail(session) ?? payer.email;
  const method = methodFromData(scope, methodData(payer, email), 'payment_method_data');
  if (!session.payment_method_types.includes(method.type)) {
    throw refusal(`This Checkout Session does not take ${method.type}.`);
  }
  amend(scope.book.checkoutSessions, session, { customer_details: payerDetails({ email, name: payer.name }) });
  const params = {
    payment_method: method.id,
    return_url: `${scope.world.url}/c/pay/${session.id}/return`,
    ...consentTo(method),
  };
  const { intent, failure } =
    session.mode === 'setup'
      ? { intent: confirmSetup(scope, setupOf(scope, session, payer, email), params), failure: null }
      : confirm(scope, paymentOf(scope, session, payer, email), params);
  if (failure !== null) return { kind: 'refused', error: failure };
  const url = intent.next_action?.redirect_to_url?.url;
  return url ? { kind: 'challenge', url } : { kind: 'complete' };
}

/** The payer submits the page of an open session. */
export function submitCheckout(scope: Scope, session: Session, payer: Payer): Submission {
  try {
    return tryOnce(asBrowser(scope), session, payer);
  } catch (error) {
    if (error instanceof StripeFailure) return { kind: 'refused', error: error.body };
    throw error;
  }
}
