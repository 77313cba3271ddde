import type Stripe from 'stripe';
import { malformed, parameterMissing, refusal } from '../core/failure.js';
import { newId, randomText } from '../core/ids.js';
import { fetchOne, idOf } from '../core/lookup.js';
import { amend, newestFirst, put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emitChange } from '../events/emit.js';
import type { FormHash, FormValue } from '../http/form.js';

const REFERENCE_LENGTH = 16;
/** With a prefix of the merchant's. */
const REFERENCE_LENGTH_PREFIXED = 24;
const PREFIX = /^(?!STRIPE)[A-Z0-9][A-Z0-9./&_ -]{0,11}$/;

export interface MandateTerms {
  /** What a mandate for one payment is for; null for one that lasts. */
  single: { amount: number; currency: string } | null;
  referencePrefix?: string | undefined;
}

function leaf(value: FormHash, name: string, at: string): string | undefined {
  const found = value[name];
  if (found === undefined || typeof found === 'string') return found;
  throw malformed('Invalid string: must be a string', { param: `${at}[${name}]` });
}

function branch(value: FormValue | undefined, param: string): FormHash {
  if (typeof value === 'object') return value;
  if (value === undefined) throw parameterMissing(param);
  throw malformed('Invalid object', { param });
}

/** A browser's address and name are known from its request, if it wants that. */
function online(scope: Scope, value: FormValue | undefined, at: string): Stripe.Mandate.CustomerAcceptance.Online {
  const given = branch(value, at);
  if (scope.cause?.isBrowser === true && leaf(given, 'infer_from_client', at) === 'true') {
    return { ip_address: '127.0.0.1', user_agent: 'Mozilla/5.0' };
  }
  const ip = leaf(given, 'ip_address', at);
  const agent = leaf(given, 'user_agent', at);
  if (!ip) throw parameterMissing(`${at}[ip_address]`);
  if (!agent) throw parameterMissing(`${at}[user_agent]`);
  return { ip_address: ip, user_agent: agent };
}

function acceptanceOf(scope: Scope, data: FormValue): Stripe.Mandate.CustomerAcceptance {
  const at = 'mandate_data[customer_acceptance]';
  const given = branch(branch(data, 'mandate_data').customer_acceptance, at);
  const type = leaf(given, 'type', at);
  const accepted_at = Number(leaf(given, 'accepted_at', at) ?? scope.world.clock.now());
  if (type === 'online') return { accepted_at, type, online: online(scope, given.online, `${at}[online]`) };
  if (type === 'offline') return { accepted_at, type, offline: {} };
  if (type === undefined) throw parameterMissing(`${at}[type]`);
  throw malformed(`Invalid ${at}[type]: must be one of offline or online`, { param: `${at}[type]` });
}

/** Refuses `mandate_data` that could not become a mandate. */
export function checkMandateData(scope: Scope, data: FormValue | undefined, referencePrefix?: string): void {
  if (data !== undefined && data !== '') acceptanceOf(scope, data);
  if (referencePrefix === undefined || PREFIX.test(referencePrefix)) return;
  throw malformed('The mandate reference prefix has an invalid format.', {
    code: 'invalid_mandate_reference_prefix_format',
    param: 'payment_method_options[sepa_debit][mandate_options][reference_prefix]',
  });
}

function reference(prefix: string | undefined): string {
  const length = prefix === undefined ? REFERENCE_LENGTH : REFERENCE_LENGTH_PREFIXED - prefix.length;
  return `${prefix ?? ''}${randomText(length).toUpperCase()}`;
}

/** Keeps what the payer agreed to, from the `mandate_data` of a confirmation. */
export function makeMandate(
  scope: Scope,
  method: Stripe.PaymentMethod,
  data: FormValue,
  { single, referencePrefix }: MandateTerms = { single: null },
): Stripe.Mandate {
  const id = newId('mandate');
  return put(scope.book.mandates, {
    id,
    object: 'mandate',
    customer_acceptance: acceptanceOf(scope, data),
    livemode: scope.book.livemode,
    ...(single === null ? { multi_use: {} } : { single_use: single }),
    payment_method: method.id,
    payment_method_details:
      method.type === 'sepa_debit'
        ? {
            sepa_debit: { reference: reference(referencePrefix), url: `${scope.world.url}/mandates/${id}` },
            type: 'sepa_debit',
          }
        : { card: {}, type: 'card' },
    status: 'active',
    type: single === null ? 'multi_use' : 'single_use',
  });
}

/** The mandate a parameter names, if it is for this payment method and still holds. */
export function mandateNamed(scope: Scope, id: string, method: Stripe.PaymentMethod): Stripe.Mandate {
  const mandate = fetchOne(scope, 'mandates', id, 'mandate');
  if (mandate.status === 'active' && idOf(mandate.payment_method) === method.id) return mandate;
  throw refusal('The provided mandate is invalid and can not be used for the payment intent.', {
    code: 'payment_intent_mandate_invalid',
    param: 'mandate',
  });
}

/** What the payer agreed to for good and did not take back. */
export function lastingMandate(scope: Scope, methodId: string): Stripe.Mandate | undefined {
  for (const each of newestFirst(scope.book.mandates)) {
    if (each.payment_method === methodId && each.status === 'active' && each.type === 'multi_use') return each;
  }
  return undefined;
}

export function endMandate(scope: Scope, mandate: Stripe.Mandate): Stripe.Mandate {
  const ended = amend(scope.book.mandates, mandate, { status: 'inactive' });
  emitChange(scope, 'mandate.updated', mandate, ended);
  return ended;
}

/** The account may not be debited any more. */
export function endMandatesOf(scope: Scope, methodId: string): void {
  const open = [...newestFirst(scope.book.mandates)].filter(
    (each) => each.payment_method === methodId && each.status === 'active',
  );
  for (const each of open) endMandate(scope, each);
}
