import type Stripe from 'stripe';
import { type Decline, declineFields } from '../cards/declines.js';
import { countDecline, orderedDecline, underOrder } from '../cards/ordered-decline.js';
import { testCardOf } from '../cards/payment-method.js';
import { docUrl, StripeFailure } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, find, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { tie } from './attachment.js';
import { authenticated } from './card-details.js';
import { completeCheckout } from './checkout-progress.js';
import type { ConfirmTerms } from './terms.js';
import { verdictOnSetup } from './verdict.js';

type SetupError = Stripe.SetupIntent.LastSetupError;

interface SetupResult {
  intent: Stripe.SetupIntent;
  failure: StripeFailure | null;
}

function attemptDetails(method: Stripe.PaymentMethod, isAuthenticated: boolean) {
  const { card } = method;
  if (card === undefined) return { sepa_debit: {}, type: method.type };
  const details: Stripe.SetupAttempt.PaymentMethodDetails.Card = {
    brand: card.brand,
    checks: card.checks,
    country: card.country,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    last4: card.last4,
    network: card.brand,
    three_d_secure: isAuthenticated ? authenticated() : null,
    wallet: null,
  };
  return { card: details, type: 'card' };
}

interface Outcome {
  status: string;
  error: SetupError | null;
  isAuthenticated?: boolean;
}

/** Writes one try to set up; one that waited for the holder is brought to its end. */
function recordAttempt(
  scope: Scope,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  { status, error, isAuthenticated = false }: Outcome,
): string {
  const last = find(scope.book.setupAttempts, idOf(intent.latest_attempt) ?? '');
  const waited = last?.status === 'requires_action' && last.payment_method === method.id ? last : null;
  const attempt = put(scope.book.setupAttempts, {
    id: waited?.id ?? newId('setatt'),
    object: 'setup_attempt',
    application: null,
    created: waited?.created ?? scope.world.clock.now(),
    customer: idOf(intent.customer),
    customer_account: null,
    flow_directions: null,
    livemode: intent.livemode,
    on_behalf_of: null,
    payment_method: method.id,
    payment_method_details: attemptDetails(method, isAuthenticated),
    setup_error: error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  });
  return attempt.id;
}

function fail(
  scope: Scope,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  error: SetupError & { code: string; message: string },
): SetupResult {
  scope.book.terms.delete(intent.id);
  const failed = amend(scope.book.setupIntents, intent, {
    status: 'requires_payment_method',
    last_setup_error: error,
    latest_attempt: recordAttempt(scope, intent, method, { status: 'failed', error }),
    next_action: null,
    payment_method: null,
  });
  emit(scope, 'setup_intent.setup_failed', failed);
  const { type, message, payment_intent: _payment, setup_intent: _setup, source: _source, ...rest } = error;
  const kind = type === 'card_error' ? 'card_error' : 'invalid_request_error';
  return { intent: failed, failure: new StripeFailure(402, { type: kind, message, ...rest, setup_intent: failed }) };
}

function refusedCard(decline: Decline, method: Stripe.PaymentMethod) {
  const { code = 'card_declined', message, ...rest } = declineFields(decline);
  return { type: 'card_error', code, message, ...rest, doc_url: docUrl(code), payment_method: method } as const;
}

function challenge(scope: Scope, intent: Stripe.SetupIntent, method: Stripe.PaymentMethod, terms: ConfirmTerms) {
  scope.book.terms.set(intent.id, terms);
  const url = `${scope.world.url}/authenticate/${scope.account.id}/${intent.id}`;
  const redirects = terms.returnUrl !== null && !terms.useStripeSdk;
  const waiting = amend(scope.book.setupIntents, intent, {
    status: 'requires_action',
    payment_method: method.id,
    last_setup_error: null,
    next_action: redirects
      ? { type: 'redirect_to_url', redirect_to_url: { return_url: terms.returnUrl, url } }
      : { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', source: newId('src') } },
    latest_attempt: recordAttempt(scope, intent, method, { status: 'requires_action', error: null }),
  });
  emit(scope, 'setup_intent.requires_action', waiting);
  return waiting;
}

interface Approval {
  terms: ConfirmTerms;
  isAuthenticated: boolean;
}

function succeed(
  scope: Scope,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  { terms, isAuthenticated }: Approval,
): Stripe.SetupIntent {
  scope.book.terms.delete(intent.id);
  const customerId = idOf(intent.customer);
  if (customerId !== null) tie(scope, method, customerId);
  if (intent.usage === 'off_session') scope.book.setUp.add(method.id);
  const done = amend(scope.book.setupIntents, intent, {
    status: 'succeeded',
    payment_method: method.id,
    last_setup_error: null,
    next_action: null,
    mandate: terms.mandate,
    latest_attempt: recordAttempt(scope, intent, method, { status: 'succeeded', error: null, isAuthenticated }),
  });
  emit(scope, 'setup_intent.succeeded', done);
  completeCheckout(scope, done);
  return done;
}

/** Has the issuer check a card that is to be saved. A bank is not asked: its account is set up by the mandate. */
export function setUp(
  scope: Scope,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  approval: Approval,
): SetupResult {
  const { terms, isAuthenticated } = approval;
  if (method.type !== 'card') return { intent: succeed(scope, intent, method, approval), failure: null };
  const card = underOrder(testCardOf(scope, method.id), orderedDecline(scope.book, method.id));
  const verdict = verdictOnSetup(card, terms, isAuthenticated);
  if (verdict.kind === 'challenge') return { intent: challenge(scope, intent, method, terms), failure: null };
  if (verdict.kind === 'declined') {
    countDecline(scope.book, method.id);
    return fail(scope, intent, method, refusedCard(verdict.decline, method));
  }
  return { intent: succeed(scope, intent, method, approval), failure: null };
}

/** Gives a setup up for good. */
export function closeSetup(scope: Scope, intent: Stripe.SetupIntent, reason: string | null): Stripe.SetupIntent {
  scope.book.terms.delete(intent.id);
  const canceled = amend(scope.book.setupIntents, intent, {
    status: 'canceled',
    cancellation_reason: reason,
    next_action: null,
  });
  emit(scope, 'setup_intent.canceled', canceled);
  return canceled;
}

export function finishSetupAuthentication(scope: Scope, intent: Stripe.SetupIntent, succeeded: boolean): SetupResult {
  const method = fetchOne(scope, 'paymentMethods', idOf(intent.payment_method) ?? '');
  const terms = scope.book.terms.get(intent.id);
  if (succeeded && terms !== undefined) return setUp(scope, intent, method, { terms, isAuthenticated: true });
  const code = 'setup_intent_authentication_failure';
  return fail(scope, intent, method, {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    payment_method: method,
  });
}
