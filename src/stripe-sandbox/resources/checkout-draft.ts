import type Stripe from 'stripe';
import { parameterMissing } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { fetchCustomer, mergeMetadata } from '../core/lookup.js';
import { currencyOf } from '../core/money.js';
import { put } from '../core/shelf.js';
import { type Scope, schedule } from '../core/world.js';
import type { Parsed } from '../http/parameters.js';
import { checkSession, expiryOf, sessionTypes } from './checkout-checks.js';
import { lineItems } from './checkout-items.js';
import type { CREATE } from './checkout-params.js';
import { draftIntent } from './payment-intent-changes.js';
import { draftSetup, openSetup } from './setup-intents.js';

type Params = Parsed<typeof CREATE>;
type Session = Stripe.Checkout.Session;

const ID_LENGTH = 58;

function customText(params: Params): Session['custom_text'] {
  const text = (name: 'after_submit' | 'shipping_address' | 'submit' | 'terms_of_service_acceptance') => {
    const message = params.custom_text?.[name]?.message;
    return message ? { message } : null;
  };
  return {
    after_submit: text('after_submit'),
    shipping_address: text('shipping_address'),
    submit: text('submit'),
    terms_of_service_acceptance: text('terms_of_service_acceptance'),
  };
}

/** Who pays, as far as it is known before anybody saw the page. */
function knownPayer(params: Params, customer: Stripe.Customer | null): Session['customer_details'] {
  const email = customer?.email ?? params.customer_email ?? null;
  if (customer === null && email === null) return null;
  return payerDetails({ email, name: customer?.name ?? null });
}

export function payerDetails({ email, name }: { email: string | null; name: string | null }) {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  } satisfies Session['customer_details'];
}

interface Terms {
  customer: Stripe.Customer | null;
  currency: string | null;
  types: string[];
  total: number | null;
}

function draftSession(scope: Scope, params: Params, { customer, currency, types, total }: Terms): Session {
  const id = newId(scope.book.livemode ? 'cs_live' : 'cs_test', ID_LENGTH);
  const isPayment = params.mode === 'payment';
  const reuse = params.consent_collection?.payment_method_reuse_agreement?.position;
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: isPayment ? { enabled: params.adaptive_pricing?.enabled ?? false } : null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection || null,
    cancel_url: params.cancel_url || null,
    client_reference_id: params.client_reference_id || null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: reuse
      ? { payment_method_reuse_agreement: { position: reuse }, promotions: null, terms_of_service: null }
      : null,
    created: scope.world.clock.now(),
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: customText(params),
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer === null ? params.customer_creation || 'if_required' : null,
    customer_details: knownPayer(params, customer),
    customer_email: params.customer_email || null,
    discounts: isPayment ? [] : null,
    excluded_payment_method_types: params.excluded_payment_method_types ?? [],
    expires_at: expiryOf(scope.world.clock.now(), params.expires_at),
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: scope.book.livemode,
    locale: params.locale || null,
    managed_payments: null,
    metadata: mergeMetadata(null, params.metadata),
    mode: params.mode || 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: isPayment ? 'if_required' : 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: types,
    payment_status: isPayment ? 'unpaid' : 'no_payment_required',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type || null,
    subscription: null,
    success_url: params.success_url || null,
    total_details: isPayment ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    ui_mode: 'hosted_page',
    url: `${scope.world.url}/c/pay/${id}`,
    wallet_options: params.wallet_options?.link?.display
      ? { link: { display: params.wallet_options.link.display } }
      : null,
  };
}

function open(scope: Scope, session: Session): Session {
  schedule(scope, 'checkout_expires', session.id, session.expires_at * 1000);
  return put(scope.book.checkoutSessions, session);
}

function customerOf(scope: Scope, params: Params): Stripe.Customer | null {
  return params.customer ? fetchCustomer(scope, params.customer) : null;
}

/** A session for a payment. Its intent is drafted, so that a bad one is refused now, and comes with the first try. */
function openPayment(scope: Scope, params: Params): Session {
  const customer = customerOf(scope, params);
  const items = lineItems(scope, params.line_items);
  const currency = items[0]?.currency ?? '';
  const total = items.reduce((sum, item) => sum + item.amount_total, 0);
  const data = params.payment_intent_data ?? {};
  const types = sessionTypes(scope, params, { currency, isManual: data.capture_method === 'manual' });
  const session = draftSession(scope, params, { customer, currency, types, total });
  const draft = draftIntent(scope, {
    ...data,
    amount: total,
    currency,
    allowed_payment_method_types: types,
    ...(customer !== null && { customer: customer.id }),
    ...(params.payment_method_options !== undefined && { payment_method_options: params.payment_method_options }),
  });
  scope.book.checkoutPlans.set(session.id, { items, draft });
  return open(scope, {
    ...session,
    payment_method_options: draft.payment_method_options as Session['payment_method_options'],
  });
}

/** A session that saves a payment method: its intent is there from the beginning. */
function openSetupSession(scope: Scope, params: Params): Session {
  if (params.currency === undefined && params.allowed_payment_method_types === undefined) {
    throw parameterMissing('currency');
  }
  const customer = customerOf(scope, params);
  const currency = params.currency === undefined ? null : currencyOf(params.currency);
  const types = sessionTypes(scope, params, currency === null ? null : { currency, isManual: false });
  const session = draftSession(scope, params, { customer, currency, types, total: null });
  const wanted = params.payment_method_options?.card?.request_three_d_secure;
  const intentParams = {
    ...params.setup_intent_data,
    allowed_payment_method_types: types,
    ...(customer !== null && { customer: customer.id }),
    ...(wanted && { payment_method_options: { card: { request_three_d_secure: wanted } } }),
  };
  const intent = openSetup(scope, draftSetup(scope, intentParams), intentParams);
  scope.book.checkoutPlans.set(session.id, { items: [], draft: null });
  scope.book.checkoutOf.set(intent.id, session.id);
  return open(scope, { ...session, setup_intent: intent.id });
}

export function openSession(scope: Scope, params: Params): Session {
  return checkSession(params) === 'payment' ? openPayment(scope, params) : openSetupSession(scope, params);
}
