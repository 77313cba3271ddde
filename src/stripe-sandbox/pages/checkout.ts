import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Stripe from 'stripe';
import { idOf } from '../core/lookup.js';
import { find } from '../core/shelf.js';
import { type Scope, scopeOf, type World } from '../core/world.js';
import { decodeForm, type FormHash } from '../http/form.js';
import { knownEmail, type Submission, submitCheckout } from '../resources/checkout-submit.js';
import { addressFor, checkoutBody, type Entered, type Means, meansOf } from './checkout-form.js';
import { sendPage } from './page.js';

interface Found {
  scope: Scope;
  session: Stripe.Checkout.Session;
}

/** Ids of sessions are unguessable, so the page needs no key, as at Stripe. */
export function findSession(world: World, sessionId: string): Found | null {
  const livemode = sessionId.startsWith('cs_live_');
  for (const accountId of world.accounts.keys()) {
    const scope = scopeOf(world, accountId, livemode);
    const session = scope && find(scope.book.checkoutSessions, sessionId);
    if (scope !== undefined && session !== undefined) return { scope, session };
  }
  return null;
}

/** What was wrong at the last try, for a payer who comes back from the bank. */
function lastError({ scope, session }: Found): Entered['error'] {
  const payment = find(scope.book.paymentIntents, idOf(session.payment_intent) ?? '')?.last_payment_error;
  const setup = find(scope.book.setupIntents, idOf(session.setup_intent) ?? '')?.last_setup_error;
  const message = payment?.message ?? setup?.message;
  return message ? { message, field: null } : null;
}

function wantedMeans(session: Stripe.Checkout.Session, given: unknown): Means {
  const all = meansOf(session);
  return all.find((each) => each === given) ?? all[0] ?? 'card';
}

/** A session that is over has a page that says so. */
function showClosed(reply: FastifyReply, { scope, session }: Found): FastifyReply | null {
  const isLate = session.expires_at <= scope.world.clock.now();
  if (session.status === 'complete') {
    const [title, text] =
      session.mode === 'setup'
        ? ['Already saved', 'Your payment method is saved. There is nothing more to do here.']
        : ['Already paid', 'This payment is complete. There is nothing more to do here.'];
    return sendPage(reply, title, `<h1>${title}</h1><p>${text}</p>`);
  }
  if (session.status === 'open' && !isLate) return null;
  const text = 'The time for this payment is over. Go back to the merchant to begin again.';
  return sendPage(reply, 'Expired', `<h1>This page has expired</h1><p>${text}</p>`, 410);
}

function show(reply: FastifyReply, { scope, session }: Found, entered: Entered, status = 200): FastifyReply {
  const title = session.mode === 'setup' ? 'Save a payment method' : `Pay ${scope.account.name}`;
  const told = entered.error === null ? title : `Error: ${title}`;
  return sendPage(reply, told, checkoutBody(scope, session, entered), status);
}

/** Fields of the page by the parameters that Stripe's errors blame. */
const FIELD_OF: readonly [end: string, field: string][] = [
  ['number', 'number'],
  ['exp_month', 'expiry'],
  ['exp_year', 'expiry'],
  ['cvc', 'cvc'],
  ['[iban]', 'iban'],
  ['[email]', 'email'],
];

function errorOf({ error }: Submission & { kind: 'refused' }): NonNullable<Entered['error']> {
  const field = FIELD_OF.find(([end]) => error.param?.endsWith(end))?.[1] ?? null;
  return { message: error.message, field };
}

function leaf(form: FormHash, name: string): string {
  const value = form[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** What the browser would have asked for, were it not told to leave that to the page. */
function missingField(session: Stripe.Checkout.Session, form: FormHash, means: Means): Entered['error'] {
  const wrong = (field: string, message: string) => ({ field, message });
  if (knownEmail(session) === null && !/^[^@\s]+@[^@\s]+$/.test(leaf(form, 'email'))) {
    return wrong('email', 'Your email address is incomplete.');
  }
  if (means === 'sepa_debit') {
    if (leaf(form, 'iban') === '') return wrong('iban', 'Your IBAN is incomplete.');
  } else {
    if (leaf(form, 'number') === '') return wrong('number', 'Your card number is incomplete.');
    if (!/^\d{1,2}\s*\/?\s*(\d{2}|\d{4})$/.test(leaf(form, 'expiry'))) {
      return wrong('expiry', "Your card's expiration date is incomplete.");
    }
    if (leaf(form, 'cvc') === '') return wrong('cvc', "Your card's security code is incomplete.");
  }
  return leaf(form, 'name') === '' ? wrong('name', 'Your name is incomplete.') : null;
}

function meansFrom(form: FormHash, means: Means) {
  if (means === 'sepa_debit') return { iban: leaf(form, 'iban') };
  const [, month = '', year = ''] = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(leaf(form, 'expiry')) ?? [];
  return { card: { number: leaf(form, 'number'), exp_month: month, exp_year: year, cvc: leaf(form, 'cvc') } };
}

const INVALID = 422;
const DECLINED = 402;

/** The payer submitted the form. A refusal is shown on the same page, which can be submitted again. */
async function submit(reply: FastifyReply, found: Found, form: FormHash, kept: () => Promise<void>) {
  const { scope, session } = found;
  const means = wantedMeans(session, form.method);
  const entered = { means, email: leaf(form, 'email'), name: leaf(form, 'name'), error: null };
  const missing = missingField(session, form, means);
  if (missing !== null) return show(reply, found, { ...entered, error: missing }, INVALID);
  const result = submitCheckout(scope, session, {
    name: entered.name,
    email: entered.email || null,
    means: meansFrom(form, means),
  });
  await kept();
  if (result.kind === 'challenge') return reply.redirect(result.url, 303);
  if (result.kind === 'complete') return reply.redirect(addressFor(session, session.success_url) ?? '/', 303);
  const error = errorOf(result);
  return show(reply, { scope, session }, { ...entered, error }, error.field === null ? DECLINED : INVALID);
}

function formOf(request: FastifyRequest): FormHash {
  return decodeForm(typeof request.body === 'string' ? request.body : '');
}

/** The hosted page of a Checkout Session: a plain form that works without any script. */
export function checkoutPages(app: FastifyInstance, world: World, kept: () => Promise<void>): void {
  type Address = { Params: { session: string }; Querystring: { method?: string } };
  const sorry = (reply: FastifyReply) =>
    sendPage(reply, 'No such page', '<h1>No such page</h1><p>There is no such Checkout Session.</p>', 404);
  app.get<Address>('/c/pay/:session', (request, reply) => {
    const found = findSession(world, request.params.session);
    if (found === null) return sorry(reply);
    const { session } = found;
    const { email, name } = session.customer_details ?? {};
    const means = wantedMeans(session, request.query.method);
    const entered = { means, email: email ?? '', name: name ?? '', error: lastError(found) };
    return showClosed(reply, found) ?? show(reply, found, entered);
  });
  app.post<Address>('/c/pay/:session', async (request, reply) => {
    const found = findSession(world, request.params.session);
    if (found === null) return sorry(reply);
    return showClosed(reply, found) ?? submit(reply, found, formOf(request), kept);
  });
  app.get<Address>('/c/pay/:session/return', (request, reply) => {
    const found = findSession(world, request.params.session);
    if (found === null) return sorry(reply);
    const { session } = found;
    if (session.status !== 'complete') return reply.redirect(`/c/pay/${session.id}`, 303);
    return reply.redirect(addressFor(session, session.success_url) ?? '/', 303);
  });
}
