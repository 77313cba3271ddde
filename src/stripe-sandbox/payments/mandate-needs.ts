import type Stripe from 'stripe';
import { refusal, type StripeFailure } from '../core/failure.js';
import type { Scope } from '../core/world.js';
import type { FormValue } from '../http/form.js';
import { futureUsage } from './attempt-outcome.js';
import { lastingMandate, makeMandate, mandateNamed } from './mandate.js';

interface MandateParams {
  mandate?: string;
  mandate_data?: FormValue;
}

/** A payment method, as far as a request names one that may still have to be made. */
export interface NamedMethod {
  type: string;
  /** Null when it does not exist yet. */
  id: string | null;
}

function isGiven(data: FormValue | undefined): data is FormValue {
  return data !== undefined && data !== '';
}

export function mandateNotFound(what: 'PaymentIntent' | 'SetupIntent'): StripeFailure {
  return refusal(
    `This ${what} requires a mandate, but no existing mandate was found. Collect mandate acceptance from the customer and try again, providing acceptance data in the mandate_data parameter.`,
    { param: 'mandate_data' },
  );
}

/** An account is debited only under a mandate: a new one, or one that the payer gave for good. */
export function refuseWithoutMandate(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: NamedMethod,
  params: MandateParams,
): void {
  if (method.type !== 'sepa_debit' || isGiven(params.mandate_data) || params.mandate !== undefined) return;
  const usage = futureUsage(intent, method.type);
  if (usage !== null) {
    throw refusal(
      `When confirming a PaymentIntent with a \`sepa_debit\` PaymentMethod and \`setup_future_usage\` value of ${usage}, \`mandate_data\` is required.`,
      { param: 'mandate_data' },
    );
  }
  if (method.id === null || lastingMandate(scope, method.id) === undefined) throw mandateNotFound('PaymentIntent');
}

/** The mandate a payment is made under: what was agreed to just now, or before. */
export function mandateOf(
  scope: Scope,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  params: MandateParams,
): string | null {
  const isDebit = method.type === 'sepa_debit';
  if (isGiven(params.mandate_data)) {
    const isSingle = isDebit && futureUsage(intent, method.type) === null;
    const { amount, currency } = intent;
    const referencePrefix = intent.payment_method_options?.sepa_debit?.mandate_options?.reference_prefix;
    const single = isSingle ? { amount, currency } : null;
    return makeMandate(scope, method, params.mandate_data, { single, referencePrefix }).id;
  }
  if (params.mandate !== undefined) return mandateNamed(scope, params.mandate, method).id;
  return isDebit ? (lastingMandate(scope, method.id)?.id ?? null) : null;
}
