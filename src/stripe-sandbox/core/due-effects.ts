import type { WebhookCourier } from '../events/courier.js';
import { settleLateMovement } from '../payments/charge-movement.js';
import { lapseCheckout } from '../payments/checkout-expiry.js';
import { settleDebit } from '../payments/debit.js';
import { lapseHold } from '../payments/holds.js';
import { payOutDaily } from '../payments/payout.js';
import { arrivePayout, sendPayout } from '../payments/payout-progress.js';
import { failRefund, settleRefund } from '../payments/refund.js';
import type { DueEffect } from './timetable.js';
import { scopeOf, type World } from './world.js';

function apply(world: World, courier: WebhookCourier, effect: DueEffect): void {
  const scope = scopeOf(world, effect.accountId, effect.livemode);
  if (scope === undefined) return;
  switch (effect.kind) {
    case 'checkout_expires':
      lapseCheckout(scope, effect.id);
      break;
    case 'movement_known':
      settleLateMovement(scope, effect.id);
      break;
    case 'payout_leaves':
      sendPayout(scope, effect.id);
      break;
    case 'payout_arrives':
      arrivePayout(scope, effect.id);
      break;
    case 'payouts_due':
      payOutDaily(scope);
      break;
    case 'hold_lapses':
      lapseHold(scope, effect.id);
      break;
    case 'refund_settles':
      settleRefund(scope, effect.id);
      break;
    case 'refund_fails':
      failRefund(scope, effect.id);
      break;
    case 'debit_settles':
      settleDebit(scope, effect.id);
      break;
    case 'webhook_retry':
      courier.repeat(scope, effect.id);
      break;
  }
}

/** Lets everything happen that was due by now, each at its own moment. Says whether anything did. */
export function applyDueEffects(world: World, courier: WebhookCourier): boolean {
  const untilMs = world.clock.nowMs();
  let happened = false;
  for (;;) {
    const effect = world.timetable.take(untilMs);
    if (effect === undefined) return happened;
    happened = true;
    world.clock.holdAt(effect.atMs);
    try {
      apply(world, courier, effect);
    } finally {
      world.clock.holdAt(null);
    }
  }
}
