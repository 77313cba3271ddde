import { PAYOUT_FAILURES, type PayoutFailureCode } from '../payments/payout-progress.js';
import { amount, type ControlRoute, DONE, oneOf, text } from './control-route.js';

function rates(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) throw new Error('"rates" must be an object.');
  return Object.fromEntries(Object.entries(value).map(([currency, rate]) => [currency, amount(rate, currency)]));
}

function mode(value: unknown): { livemode?: boolean } {
  return typeof value === 'boolean' ? { livemode: value } : {};
}

export const MONEY_ROUTES: readonly ControlRoute[] = [
  {
    method: 'POST',
    url: '/accounts/:id/settlement',
    does: 'Sets the currency an account is paid in: { currency, rates: { usd: 0.92, … } }; { currency: null } for that of each payment.',
    run: (control, { id, body }) => {
      const none = body.currency === null;
      control.setSettlement(id, none ? null : { currency: text(body.currency, 'currency'), rates: rates(body.rates) });
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/accounts/:id/movement-delay',
    does: 'Sets how late the balance transactions of charges are: { seconds: number or null }.',
    run: (control, { id, body }) => {
      control.setMovementDelay(id, body.seconds === null ? null : amount(body.seconds, 'seconds'));
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/accounts/:id/partial-capture-reversals',
    does: 'Shows a partial capture as the whole amount and its reversal, or as what was captured: { shown: true or false }.',
    run: (control, { id, body }) => {
      control.setPartialCaptureReversals(id, body.shown === true);
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/accounts/:id/movements',
    does: 'Books something else on the balance: { type: stripe_fee or adjustment, amount (signed), currency, description?, livemode? }.',
    run: (control, { id, body }) =>
      control.bookMovement(id, {
        type: oneOf(body.type, ['stripe_fee', 'adjustment'], 'type'),
        amount: amount(body.amount, 'amount'),
        currency: text(body.currency, 'currency'),
        ...(body.description !== undefined && { description: text(body.description, 'description') }),
        ...mode(body.livemode),
      }),
  },
  {
    method: 'POST',
    url: '/accounts/:id/payout-schedule',
    does: 'Has what is available paid out every midnight, or not: { interval: daily or manual }.',
    run: (control, { id, body }) => {
      control.setPayoutSchedule(id, oneOf(body.interval, ['daily', 'manual'], 'interval'));
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/accounts/:id/payouts',
    does: 'Pays out all that is available, as the schedule does: { livemode? }.',
    run: (control, { id, body }) => control.payOut(id, mode(body.livemode)),
  },
  {
    method: 'POST',
    url: '/payouts/:id/move',
    does: 'Moves a payout on: { status: in_transit or paid }.',
    run: (control, { id, body }) => control.movePayout(id, oneOf(body.status, ['in_transit', 'paid'], 'status')),
  },
  {
    method: 'POST',
    url: '/payouts/:id/fail',
    does: 'Has the bank give a payout back, even one that was paid: { code }.',
    run: (control, { id, body }) =>
      control.failPayout(id, oneOf(body.code, Object.keys(PAYOUT_FAILURES) as PayoutFailureCode[], 'code')),
  },
];
