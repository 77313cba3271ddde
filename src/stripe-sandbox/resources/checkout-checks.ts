import { malformed, parameterMissing, refusal } from '../core/failure.js';
import type { Scope } from '../core/world.js';
import type { Parsed } from '../http/parameters.js';
import type { CREATE } from './checkout-params.js';
import { methodTypes, refuseInactive } from './method-types.js';

type Params = Parsed<typeof CREATE>;

const MINUTE_SECONDS = 60;
const LIFE_MIN_SECONDS = 30 * MINUTE_SECONDS;
const LIFE_MAX_SECONDS = 24 * 60 * MINUTE_SECONDS;
const CUSTOM_TEXT_LENGTH_MAX = 1200;
const REFERENCE_LENGTH_MAX = 200;

/** What only one mode knows. */
const OF_PAYMENT = ['line_items', 'payment_intent_data', 'submit_type'] as const;
const OF_SETUP = ['setup_intent_data'] as const;

function checkUrl(url: string | undefined, param: 'cancel_url' | 'success_url'): void {
  if (url === undefined || url === '') return;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw malformed('Not a valid URL', { code: 'url_invalid', param });
}

function checkTexts(params: Params): void {
  for (const [name, text] of Object.entries(params.custom_text ?? {})) {
    if ((text.message ?? '').length <= CUSTOM_TEXT_LENGTH_MAX) continue;
    throw malformed(`Invalid string: must be at most ${CUSTOM_TEXT_LENGTH_MAX} characters`, {
      param: `custom_text[${name}][message]`,
    });
  }
  if ((params.client_reference_id ?? '').length > REFERENCE_LENGTH_MAX) {
    throw malformed(`Invalid string: must be at most ${REFERENCE_LENGTH_MAX} characters`, {
      param: 'client_reference_id',
    });
  }
  if (params.customer_email && !/^[^@\s]+@[^@\s]+$/.test(params.customer_email)) {
    throw malformed(`Invalid email address: ${params.customer_email}`, {
      code: 'email_invalid',
      param: 'customer_email',
    });
  }
}

/** Refuses what cannot stand together, or not in this mode. */
export function checkSession(params: Params): 'payment' | 'setup' {
  const { mode } = params;
  if (!mode) throw parameterMissing('mode');
  const foreign = (mode === 'payment' ? OF_SETUP : OF_PAYMENT).find((name) => params[name] !== undefined);
  if (foreign !== undefined) {
    throw refusal(`You can not pass \`${foreign}\` in \`${mode}\` mode.`, { param: foreign });
  }
  if (params.customer !== undefined && params.customer_email !== undefined) {
    throw refusal('You may only specify one of these parameters: customer, customer_email.', {
      code: 'parameters_exclusive',
      param: 'customer_email',
    });
  }
  if (!params.success_url) throw parameterMissing('success_url');
  checkUrl(params.success_url, 'success_url');
  checkUrl(params.cancel_url, 'cancel_url');
  checkTexts(params);
  return mode;
}

/** When the session ends by itself: a day after it began, unless something shorter is asked for. */
export function expiryOf(now: number, given: number | undefined): number {
  const at = given ?? now + LIFE_MAX_SECONDS;
  if (at < now + LIFE_MIN_SECONDS) {
    throw refusal('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', {
      param: 'expires_at',
    });
  }
  if (at > now + LIFE_MAX_SECONDS) {
    throw refusal('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    });
  }
  return at;
}

/** What the page offers. Allowing is a filter here: of the allowed types those stay that suit the payment. */
export function sessionTypes(
  scope: Scope,
  params: Params,
  payment: { currency: string; isManual: boolean } | null,
): string[] {
  const { allowed_payment_method_types: allowed, ...rest } = params;
  if (allowed !== undefined) refuseInactive(scope, allowed, 'allowed_payment_method_types');
  const { payment_method_types: retired, excluded_payment_method_types: excluded } = rest;
  const suitable = methodTypes(
    scope,
    {
      ...(retired !== undefined && { payment_method_types: retired }),
      ...(excluded !== undefined && { excluded_payment_method_types: excluded }),
    },
    payment,
  ).payment_method_types;
  const types = suitable.filter((type) => allowed === undefined || allowed.includes(type));
  if (types.length > 0) return types;
  throw refusal(
    'No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods).',
    { param: 'allowed_payment_method_types' },
  );
}
