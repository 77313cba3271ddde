import type Stripe from 'stripe';
import { declineFields } from '../cards/declines.js';
import { testCardOf } from '../cards/payment-method.js';
import { refusal, StripeFailure } from '../core/failure.js';
import { idOf } from '../core/lookup.js';
import { amend } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { emit } from '../events/emit.js';
import { endMandatesOf } from './mandate.js';

const SPENT_ON_ATTACH =
  'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.';
const SPENT_ON_USE =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.';

/** Stripe asks the issuer when a card is saved, so most declining cards cannot be saved at all. */
function refuseUnsavable(scope: Scope, method: Stripe.PaymentMethod): void {
  const { decline, savable } = testCardOf(scope, method.id);
  if (decline !== null && !savable) throw new StripeFailure(402, { type: 'card_error', ...declineFields(decline) });
}

/** Ties a payment method to a customer and says so. */
export function attach(scope: Scope, method: Stripe.PaymentMethod, customerId: string): Stripe.PaymentMethod {
  if (scope.book.spent.has(method.id)) {
    throw refusal(SPENT_ON_ATTACH, { code: 'payment_method_unexpected_state' });
  }
  const holder = idOf(method.customer);
  if (holder === customerId) return method;
  if (holder !== null) {
    throw refusal('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    });
  }
  refuseUnsavable(scope, method);
  return tie(scope, method, customerId);
}

/** Ties without asking the issuer again: it has just approved a payment or a setup. */
export function tie(scope: Scope, method: Stripe.PaymentMethod, customerId: string): Stripe.PaymentMethod {
  if (idOf(method.customer) === customerId) return method;
  const attached = amend(scope.book.paymentMethods, method, { customer: customerId });
  emit(scope, 'payment_method.attached', attached);
  return attached;
}

export function detach(scope: Scope, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  if (method.customer === null) {
    throw refusal('The payment method you provided is not attached to a customer so detachment is impossible.', {
      code: 'payment_method_unexpected_state',
      param: 'payment_method',
    });
  }
  const detached = amend(scope.book.paymentMethods, method, { customer: null });
  scope.book.spent.add(method.id);
  scope.book.setUp.delete(method.id);
  if (method.type !== 'card') endMandatesOf(scope, method.id);
  emit(scope, 'payment_method.detached', detached, { customer: method.customer });
  return detached;
}

/** Whether the payment method may pay for this customer (or for none). */
export function refuseForeign(scope: Scope, method: Stripe.PaymentMethod, customerId: string | null): void {
  if (scope.book.spent.has(method.id)) {
    throw refusal(SPENT_ON_USE, { code: 'payment_method_unexpected_state', param: 'payment_method' });
  }
  const holder = idOf(method.customer);
  if (holder === null || holder === customerId) return;
  if (customerId === null) {
    throw refusal(
      `The PaymentMethod ${method.id} belongs to the Customer ${holder}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      { param: 'customer' },
    );
  }
  throw refusal(
    `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'payment_method' },
  );
}
