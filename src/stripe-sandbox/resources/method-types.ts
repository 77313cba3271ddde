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
/** What the accounts here have switched on. */
const ACTIVE_TYPES = ['card', 'link'];

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

function refuseInactive(types: readonly string[], param: string): void {
  const unknown = types.find((type) => !ACTIVE_TYPES.includes(type));
  if (unknown === undefined) return;
  throw refusal(
    `The payment method type provided: ${unknown} is invalid. Please ensure the provided type is activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features that you are trying to use.`,
    { param },
  );
}

/** Works out the types: those that were allowed, or all that are active, less the excluded ones. */
export function methodTypes(scope: Scope, params: Parsed<typeof TYPE_PARAMS>): Types {
  refuseRetiredTypes(scope, params.payment_method_types);
  const { automatic_payment_methods: automatic, excluded_payment_method_types: excluded } = params;
  const allowed = params.allowed_payment_method_types;
  const listed = allowed ?? params.payment_method_types;
  const param = allowed === undefined ? 'payment_method_types' : 'allowed_payment_method_types';
  if (listed !== undefined && automatic?.enabled === true) {
    throw refusal(`You cannot enable \`automatic_payment_methods\` and set \`${param}\` at the same time.`, { param });
  }
  if (listed !== undefined) refuseInactive(listed, param);
  const isAutomatic = listed === undefined && automatic?.enabled !== false;
  const types = listed ?? (isAutomatic ? ACTIVE_TYPES : ['card']);
  return {
    allowed_payment_method_types: allowed ?? null,
    automatic_payment_methods: isAutomatic
      ? { allow_redirects: automatic?.allow_redirects || 'always', enabled: true }
      : null,
    excluded_payment_method_types: excluded ?? null,
    payment_method_types: types.filter((type) => excluded?.includes(type) !== true),
  };
}
