import type Stripe from 'stripe';
import { malformed, refusal } from '../core/failure.js';
import type { Scope } from '../core/world.js';
import type { Parsed, Spec } from '../http/parameters.js';

/** How an intent says which kinds of payment methods it takes; the same for payments and setups. */
export const TYPE_PARAMS = {
  allowed_payment_method_types: 'texts',
  automatic_payment_methods: { enabled: 'flag', allow_redirects: ['always', 'never'] },
  excluded_payment_method_types: 'texts',
  payment_method_types: 'texts',
} as const satisfies Spec;

/** From this version on `payment_method_types` is only shown; `allowed_payment_method_types` asks. */
const TYPES_RETIRED = '2026-09-30';

/** What a payment is of; a setup has neither a currency nor a capture. */
interface Payment {
  currency: string;
  isManual: boolean;
}

type Types = Pick<
  Stripe.PaymentIntent,
  | 'allowed_payment_method_types'
  | 'automatic_payment_methods'
  | 'excluded_payment_method_types'
  | 'payment_method_types'
>;

function refuseRetiredTypes(scope: Scope, types: string[] | undefined): void {
  if (types === undefined || (scope.cause?.version ?? TYPES_RETIRED) < TYPES_RETIRED) return;
  throw malformed('Received unknown parameter: payment_method_types', {
    code: 'parameter_unknown',
    param: 'payment_method_types',
  });
}

/** What the account has switched on. */
function activeTypes(scope: Scope): string[] {
  return scope.account.features.sepa_debit ? ['card', 'link', 'sepa_debit'] : ['card', 'link'];
}

/** Debits are in euro, and cannot be held. */
export function suits(type: string, payment: Payment | null): boolean {
  return type !== 'sepa_debit' || payment === null || (payment.currency === 'eur' && !payment.isManual);
}

/** Refuses types that the account does not have, or that cannot make the payment. */
export function checkTypes(scope: Scope, types: readonly string[], payment: Payment | null, param: string): void {
  refuseInactive(scope, types, param);
  if (types.every((type) => suits(type, payment))) return;
  if (payment?.currency !== 'eur') {
    throw refusal(
      `The currency provided (${payment?.currency}) is invalid. Payments with sepa_debit support the following currencies: eur.`,
      { param: 'currency' },
    );
  }
  throw refusal('The payment method type sepa_debit does not support `capture_method` = `manual`.', {
    code: 'payment_intent_invalid_parameter',
    param: 'capture_method',
  });
}

export function refuseInactive(scope: Scope, types: readonly string[], param: string): void {
  const active = activeTypes(scope);
  const unknown = types.find((type) => !active.includes(type));
  if (unknown === undefined) return;
  throw refusal(
    `The payment method type provided: ${unknown} is invalid. Please ensure the provided type is activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features that you are trying to use.`,
    { param },
  );
}

/** Works out the types: those that were allowed, or all that are active, less the excluded ones. */
export function methodTypes(scope: Scope, params: Parsed<typeof TYPE_PARAMS>, payment: Payment | null): Types {
  refuseRetiredTypes(scope, params.payment_method_types);
  const { automatic_payment_methods: automatic, excluded_payment_method_types: excluded } = params;
  const allowed = params.allowed_payment_method_types;
  const listed = allowed ?? params.payment_method_types;
  const param = allowed === undefined ? 'payment_method_types' : 'allowed_payment_method_types';
  if (listed !== undefined && automatic?.enabled === true) {
    throw refusal(`You cannot enable \`automatic_payment_methods\` and set \`${param}\` at the same time.`, { param });
  }
  if (listed !== undefined) checkTypes(scope, listed, payment, param);
  const isAutomatic = listed === undefined && automatic?.enabled !== false;
  const types = listed ?? (isAutomatic ? activeTypes(scope).filter((type) => suits(type, payment)) : ['card']);
  return {
    allowed_payment_method_types: allowed ?? null,
    automatic_payment_methods: isAutomatic
      ? { allow_redirects: automatic?.allow_redirects || 'always', enabled: true }
      : null,
    excluded_payment_method_types: excluded ?? null,
    payment_method_types: types.filter((type) => excluded?.includes(type) !== true),
  };
}
