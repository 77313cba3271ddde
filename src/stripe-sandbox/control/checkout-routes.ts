import type { CheckoutPayment } from './checkout-control.js';
import { type Body, type ControlRoute, oneOf, text } from './control-route.js';

function paymentOf(body: Body): CheckoutPayment {
  const texts = (['card', 'iban', 'email', 'name'] as const).flatMap((name) =>
    body[name] === undefined ? [] : [[name, text(body[name], name)] as const],
  );
  return {
    ...Object.fromEntries(texts),
    ...(body.authentication !== undefined && {
      authentication: oneOf(body.authentication, ['succeed', 'fail'], 'authentication'),
    }),
  };
}

export const CHECKOUT_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    url: '/checkout_sessions/:id/pay',
    does: 'Pays a Checkout Session as a person on its page would: { card (number or token)?, iban?, email?, name?, authentication (succeed or fail)? } → outcome (complete, refused or requires_action), error, session.',
    run: (control, { id, body }) => control.payCheckout(id, paymentOf(body)),
  },
  {
    method: 'POST',
    url: '/checkout_sessions/:id/expire',
    does: 'Ends an open Checkout Session, as its time does.',
    run: (control, { id }) => control.expireCheckout(id),
  },
];
