import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import type { FormValue } from '../http/form.js';

function leaf(value: FormValue | undefined, name: string): string | null {
  if (typeof value !== 'object') return null;
  const found = value[name];
  return typeof found === 'string' ? found : null;
}

/** Keeps what the payer agreed to, from the `mandate_data` of a confirmation. */
export function makeMandate(scope: Scope, method: Stripe.PaymentMethod, data: FormValue): Stripe.Mandate {
  const acceptance = typeof data === 'object' ? data.customer_acceptance : undefined;
  const online = typeof acceptance === 'object' ? acceptance.online : undefined;
  const isOnline = leaf(acceptance, 'type') === 'online';
  return put(scope.book.mandates, {
    id: newId('mandate'),
    object: 'mandate',
    customer_acceptance: {
      accepted_at: Number(leaf(acceptance, 'accepted_at') ?? scope.world.clock.now()),
      type: isOnline ? 'online' : 'offline',
      ...(isOnline
        ? { online: { ip_address: leaf(online, 'ip_address'), user_agent: leaf(online, 'user_agent') } }
        : { offline: {} }),
    },
    livemode: scope.book.livemode,
    multi_use: {},
    payment_method: method.id,
    payment_method_details: { card: {}, type: 'card' },
    status: 'active',
    type: 'multi_use',
  });
}
