import type Stripe from 'stripe';
import { methodNamed } from '../cards/method-named.js';
import { malformed } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchOne, idOf, mergeMetadata, missing } from '../core/lookup.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit, emitChange } from '../events/emit.js';
import { PAGE, page } from '../http/page.js';
import type { Parsed, Spec } from '../http/parameters.js';
import { type Call, route } from '../http/routes.js';
import { attach, detach } from '../payments/attachment.js';
import { addressOf, shippingOf } from './shipping.js';

const UPDATE = {
  address: 'open',
  business_name: 'text',
  description: 'text',
  email: 'text',
  individual_name: 'text',
  invoice_settings: { default_payment_method: 'text' },
  metadata: 'metadata',
  name: 'text',
  phone: 'text',
  preferred_locales: 'texts',
  shipping: 'open',
  tax_exempt: ['exempt', 'none', 'reverse'],
  validate: 'flag',
} as const satisfies Spec;
const CREATE = { ...UPDATE, payment_method: 'text' } as const satisfies Spec;

function isKept(customer: Stripe.Customer | Stripe.DeletedCustomer): customer is Stripe.Customer {
  return customer.deleted !== true;
}

function existing(call: Call): Stripe.Customer {
  const customer = fetchOne(call, 'customers', call.named.id ?? '');
  if (isKept(customer)) return customer;
  throw missing(call, 'customers', customer.id);
}

function defaultMethod(scope: Scope, params: Parsed<typeof UPDATE>): string | null | undefined {
  const given = params.invoice_settings?.default_payment_method;
  if (given === undefined || given === '') return given === '' ? null : undefined;
  return fetchOne(scope, 'paymentMethods', given, 'invoice_settings[default_payment_method]').id;
}

function changes(params: Parsed<typeof UPDATE>): Partial<Stripe.Customer> {
  if (params.email && !/^[^@\s]+@[^@\s]+$/.test(params.email)) {
    throw malformed(`Invalid email address: ${params.email}`, { code: 'email_invalid', param: 'email' });
  }
  const changed: Partial<Stripe.Customer> = {};
  for (const name of ['description', 'email', 'name', 'phone'] as const) {
    if (params[name] !== undefined) changed[name] = params[name] || null;
  }
  if (params.address !== undefined) changed.address = addressOf(params.address);
  if (params.shipping !== undefined) changed.shipping = shippingOf(params.shipping);
  if (params.preferred_locales !== undefined) changed.preferred_locales = params.preferred_locales;
  if (params.tax_exempt) changed.tax_exempt = params.tax_exempt;
  return changed;
}

export function createCustomer(call: Scope, params: Parsed<typeof CREATE>): Stripe.Customer {
  const id = newId('cus', 14);
  const method = params.payment_method ? methodNamed(call, params.payment_method, 'payment_method') : null;
  if (method !== null) attach(call, method, id);
  const customer: Stripe.Customer = {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created: call.world.clock.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: defaultMethod(call, params) ?? null,
      footer: null,
      rendering_options: null,
    },
    livemode: call.book.livemode,
    metadata: mergeMetadata(null, params.metadata),
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
    ...changes(params),
  };
  put(call.book.customers, customer);
  emit(call, 'customer.created', customer);
  return customer;
}

function update(call: Call, params: Parsed<typeof UPDATE>): Stripe.Customer {
  const before = existing(call);
  const chosen = defaultMethod(call, params);
  const after: Stripe.Customer = {
    ...before,
    ...changes(params),
    metadata: mergeMetadata(before.metadata, params.metadata),
    ...(chosen !== undefined && {
      invoice_settings: { ...before.invoice_settings, default_payment_method: chosen },
    }),
  };
  put(call.book.customers, after);
  emitChange(call, 'customer.updated', before, after);
  return after;
}

/** A deleted customer stays as a stub; its payment methods are let go for good. */
function remove(call: Call): Stripe.DeletedCustomer {
  const customer = existing(call);
  for (const method of call.book.paymentMethods.things) {
    if (method !== undefined && idOf(method.customer) === customer.id) detach(call, method);
  }
  const stub: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true };
  put(call.book.customers, stub);
  emit(call, 'customer.deleted', customer);
  return stub;
}

export const customerRoutes = [
  route('POST /v1/customers', { takes: CREATE }, createCustomer),
  route('GET /v1/customers', { takes: { ...PAGE, email: 'text' } }, (call, params) =>
    page(call, params, {
      shelf: call.book.customers,
      kind: 'customers',
      url: '/v1/customers',
      keep: (each) => isKept(each) && (params.email === undefined || each.email === params.email),
    }),
  ),
  route('GET /v1/customers/:id', {}, (call) => fetchOne(call, 'customers', call.named.id ?? '')),
  route('POST /v1/customers/:id', { takes: UPDATE }, update),
  route('DELETE /v1/customers/:id', {}, remove),
  route(
    'GET /v1/customers/:id/payment_methods',
    { takes: { ...PAGE, type: 'text', allow_redisplay: 'text' } },
    (call, params) => {
      const customer = existing(call);
      return page(call, params, {
        shelf: call.book.paymentMethods,
        kind: 'paymentMethods',
        url: `/v1/customers/${customer.id}/payment_methods`,
        keep: (each) => each.customer === customer.id && (params.type === undefined || each.type === params.type),
      });
    },
  ),
  route('GET /v1/customers/:id/payment_methods/:method', {}, (call) => {
    const method = fetchOne(call, 'paymentMethods', call.named.method ?? '');
    if (idOf(method.customer) === existing(call).id) return method;
    throw missing(call, 'paymentMethods', method.id);
  }),
];
