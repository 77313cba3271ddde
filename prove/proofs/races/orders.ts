import { cancelOrder } from '../../../src/features/orders/cancel-order.js';
import { captureOrder } from '../../../src/features/orders/capture-order.js';
import { increaseAuthorization } from '../../../src/features/orders/increase-authorization.js';
import { type Carriers, createOrder } from '../../../src/features/orders/index.js';
import type { NewOrder } from '../../../src/features/orders/new-order.js';
import { LOCK_ORDER } from '../../../src/features/orders/orders-sql.js';
import { payOrder } from '../../../src/features/orders/pay-order.js';
import { newOrder } from '../../../test/reliability/orders/dying.js';
import { aShop } from '../../../test/support/product.js';
import type { Ground } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

/** Where everybody goes who changes an order: what was seen before it is worth nothing after it. */
const AT_ORDER = { before: [LOCK_ORDER] };

const PAYMENT = newOrder('').payment;

/** An order of 100.00, made and paid as `more` says. */
export async function anOrder(ground: Ground, orderNumber: string, more: Partial<NewOrder> = {}): Promise<string> {
  const given = newOrder(ground.merchantId, { orderNumber, ...more });
  const { order } = await createOrder(ground.carriers(), ground.caller, given, ground.request('createOrder'));
  return order.id;
}

export const HELD: Partial<NewOrder> = { captureMode: 'MANUAL' };
const WAITING: Partial<NewOrder> = { payment: null };

type Move = (ground: Ground, orderId: string, carriers: Carriers) => Promise<unknown>;

const capture =
  (amount: string | null = null, final = true): Move =>
  (ground, orderId, carriers) =>
    captureOrder(carriers, ground.caller, { orderId, amount, final }, ground.request('captureOrder'));

const cancel =
  (amount: string | null = null): Move =>
  (ground, orderId, carriers) =>
    cancelOrder(carriers, ground.caller, { orderId, amount, reason: 'MERCHANT' }, ground.request('cancelOrder'));

const pay: Move = (ground, orderId, carriers) => {
  if (!PAYMENT) throw new Error('an order as tests make it is paid');
  const wanted = { orderId, payment: PAYMENT, agreement: null };
  return payOrder(carriers, ground.caller, wanted, ground.request('payOrder'));
};

const raise: Move = (ground, orderId, carriers) =>
  increaseAuthorization(carriers, ground.caller, { orderId, total: '130.00' }, ground.request('increaseAuthorization'));

let orders = 0;

/** Orders of a kind, for each of which eight race with the moves given, in turn. */
function between(more: Partial<NewOrder>, moves: readonly Move[]): Kind['begin'] {
  return async (ground, things) => {
    const ids = await Promise.all(
      each(things, () => {
        orders += 1;
        return anOrder(ground, `raced-${orders}`, more);
      }),
    );
    return ids.flatMap((orderId) =>
      each(RACERS, (index): Racer => {
        const move = moves[index % moves.length] as Move;
        return { of: orderId, line: AT_ORDER, run: (carriers) => move(ground, orderId, carriers) };
      }),
    );
  };
}

/** Each order with how often each kind of operation succeeded on it. */
const WITH_OPERATIONS = `
  select o.order_number, o.status, o.captured_minor::int as captured, o.refunded_minor::int as refunded,
    o.voided_minor::int as voided, o.authorized_minor::int as authorized,
    count(*) filter (where p.type = 'CAPTURE')::int as captures,
    count(*) filter (where p.type = 'CAPTURE' and p.status = 'SUCCEEDED')::int as captured_times,
    count(*) filter (where p.type = 'CANCELLATION')::int as cancellations,
    count(*) filter (where p.type = 'PAYMENT' and p.status = 'SUCCEEDED')::int as payments
  from orders o join operations p on p.operator_id = o.operator_id and p.order_id = o.id
  where o.operator_id = $1 and o.merchant_id = $2 group by o.operator_id, o.id`;

/** The books, and that every order is as `right` says in SQL. */
function judgedBy(right: string): Kind['judge'] {
  return async (ground) => [
    ...(await ground.books()),
    ...(await ground.wrong('an order', `select * from (${WITH_OPERATIONS}) as raced where not (${right})`)),
  ];
}

/** How many calls of a kind there were at the payment system: more than trials are calls too many. */
function callsBeyond(ground: Ground, path: string, limit: number): readonly string[] {
  const { accountId } = ground.shop.stripe;
  const calls = ground.one.sandbox.control.requests({ accountId, path, method: 'POST' }).length;
  return calls > limit ? [`${calls} calls of ${path} for ${limit} orders`] : [];
}

const captures: Kind = {
  name: 'capture / capture',
  shop: aShop,
  begin: between(HELD, [capture()]),
  judge: async (ground) => [
    ...(await judgedBy(`status = 'CAPTURED' and captured = 10000 and captures = 1 and captured_times = 1`)(ground)),
    ...callsBeyond(ground, '/capture$', ground.answers.size),
    ...ground.answeredWrong('capture', (codes) => codes.every((code) => code === 'done' || code === 'OUTCOME_PENDING')),
  ],
};

const parts: Kind = {
  name: 'capture a part / capture a part',
  trials: 60,
  shop: aShop,
  begin: between(HELD, [capture('30.00', false)]),
  judge: judgedBy('captured between 3000 and 9000 and captured = 3000 * captured_times'),
};

const captureOrCancel: Kind = {
  name: 'capture / cancel',
  shop: aShop,
  begin: between(HELD, [capture(), cancel()]),
  // Cancelled after its capture it is refunded: both, but one after the other.
  judge: judgedBy(`status in ('CAPTURED', 'CANCELED', 'REFUNDED') and captures <= 1 and cancellations <= 1`),
};

const cancels: Kind = {
  name: 'cancel / cancel',
  shop: aShop,
  begin: between(HELD, [cancel()]),
  judge: judgedBy(`status = 'CANCELED' and voided = 10000 and cancellations = 1`),
};

const refunds: Kind = {
  name: 'refund 60 of 100 / the same',
  shop: aShop,
  begin: between({}, [cancel('60.00')]),
  judge: async (ground) => [
    ...(await judgedBy('refunded = 6000 and cancellations = 1')(ground)),
    ...callsBeyond(ground, '/refunds$', ground.answers.size),
    ...ground.answeredWrong('a refund', (codes) => codes.filter((code) => code === 'done').length === 1),
  ],
};

const payments: Kind = {
  name: 'pay / pay',
  trials: 100,
  shop: aShop,
  begin: between(WAITING, [pay]),
  judge: async (ground) => [
    ...(await judgedBy(`status = 'CAPTURED' and captured = 10000 and payments = 1`)(ground)),
    ...ground.answeredWrong('a payment', (codes) => codes.filter((code) => code === 'done').length === 1),
  ],
};

const payOrCancel: Kind = {
  name: 'pay / cancel',
  trials: 60,
  shop: aShop,
  begin: between(WAITING, [pay, pay, cancel()]),
  judge: judgedBy(`status in ('CAPTURED', 'CANCELED', 'REFUNDED') and payments <= 1`),
};

const raiseOrCapture: Kind = {
  name: 'raise a hold / capture',
  trials: 60,
  shop: aShop,
  begin: between(HELD, [raise, capture()]),
  judge: judgedBy('captured in (10000, 13000) or (captured = 0 and authorized = 13000)'),
};

export const ORDER_RACES = [
  captures,
  captureOrCancel,
  cancels,
  refunds,
  payments,
  parts,
  payOrCancel,
  raiseOrCapture,
] satisfies readonly Kind[];
