import { captureOrder } from '../../../src/features/orders/capture-order.js';
import { createOrder, orderInboxHandlers, reconcileOrders } from '../../../src/features/orders/index.js';
import { LOCK_ORDER } from '../../../src/features/orders/orders-sql.js';
import { accountOf } from '../../../src/features/payment-systems/index.js';
import type { Row, Sql } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { around, carriersWith, gatewayOf, newOrder } from '../../../test/reliability/orders/dying.js';
import { aShop } from '../../../test/support/product.js';
import type { Ground } from './ground.js';
import { withSql } from './meeting.js';
import { anOrder, HELD } from './orders.js';
import { each, type Kind, type Racer } from './race.js';

/** Longer than a call can take, after which a process that has not answered is taken to be dead. */
const SILENT_SECONDS = 95;
const RECORDING = { before: [LOCK_ORDER] };
/** The first look at the order is to learn what is known of it; with the second it is recorded. */
const RECORDING_AFTER_A_LOOK = { before: [LOCK_ORDER], time: 2 };

let orders = 0;

interface Unanswered {
  readonly orderId: string;
  readonly transactionId: string;
  readonly externalId: string;
  /** Lets the answer through; what then comes of it. */
  readonly answer: Racer['run'];
}

/** A payment that Stripe has taken, and whose answer is held up on its way. */
async function unanswered(ground: Ground): Promise<Unanswered> {
  orders += 1;
  const orderNumber = `unanswered-${orders}`;
  const taken = Promise.withResolvers<void>();
  const letThrough = Promise.withResolvers<void>();
  const gateway = around(gatewayOf(ground.one, ground.shop), async (method, run) => {
    const answer = await run();
    if (method !== 'confirmPayment') return answer;
    taken.resolve();
    await letThrough.promise;
    return answer;
  });
  // Until the answer is there it works as any process; what it records then, it records among the racers.
  let { units } = ground.one.built;
  const late = withSql(units, (operatorId, work) => units.sql(operatorId, work));
  const given = newOrder(ground.merchantId, { orderNumber });
  const made = createOrder(carriersWith(late, gateway), ground.caller, given, ground.request('createOrder'));
  await Promise.race([taken.promise, made]);
  const [found] = await ground.rows<{ id: string; transaction: string; external: string }>(
    `select o.id, t.id as transaction, o.external_payment_id as external from orders o
     join transactions t on t.operator_id = o.operator_id and t.order_id = o.id
     where o.operator_id = $1 and o.merchant_id = $2 and o.order_number = '${orderNumber}'`,
  );
  if (!found) throw new Error(`there is no ${orderNumber}`);
  return {
    orderId: found.id,
    transactionId: found.transaction,
    externalId: found.external,
    answer: (carriers) => {
      units = carriers.units;
      letThrough.resolve();
      return made;
    },
  };
}

/** As the reconciler finds it among all that is due. */
function reconciling(ground: Ground, id: string): Racer['run'] {
  const due = [{ operatorId: ground.operatorId, id }];
  const system: Sql = { query: async <Result extends Row>() => due as unknown as Result[] };
  return async (carriers) => {
    const failures: unknown[] = [];
    await reconcileOrders(carriers, system, new OperatorLanes((error) => void failures.push(error)));
    if (failures.length > 0) throw failures[0];
  };
}

const answers: Kind = {
  name: 'answer / webhook / reconciler',
  shop: aShop,
  begin: async (ground, things) => {
    const late = await Promise.all(each(things, () => unanswered(ground)));
    ground.advance(SILENT_SECONDS);
    const [{ account: accountId } = { account: '' }] = await ground.rows<{ account: string }>(
      'select payment_system_account_id as account from orders where operator_id = $1 and merchant_id = $2 limit 1',
    );
    const { operatorId } = ground;
    const account = await ground.one.built.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
    return late.flatMap(({ orderId, transactionId, externalId, answer }): Racer[] => [
      { of: orderId, line: RECORDING, run: answer },
      ...each(5, () => ({
        of: orderId,
        line: RECORDING_AFTER_A_LOOK,
        run: (carriers: Parameters<Racer['run']>[0]) => orderInboxHandlers(carriers).payment(account, externalId),
      })),
      ...each(2, () => ({ of: orderId, line: RECORDING_AFTER_A_LOOK, run: reconciling(ground, transactionId) })),
    ]);
  },
  judge: async (ground) => [
    ...(await ground.books()),
    ...(await ground.wrong(
      'an order',
      `select order_number, status, captured_minor::int from orders
       where operator_id = $1 and merchant_id = $2 and (status <> 'CAPTURED' or captured_minor <> 10000)`,
    )),
    ...ground.answeredWrong('a payment', (codes) => codes.every((code) => code === 'done')),
  ],
};

/** An order whose capture was taken or not, nobody knows, and whose time has come to be asked for. */
async function lostCapture(ground: Ground): Promise<{ readonly orderId: string; readonly transactionId: string }> {
  orders += 1;
  const orderId = await anOrder(ground, `lost-${orders}`, HELD);
  const isTaken = orders % 2 === 0;
  const losing = around(gatewayOf(ground.one, ground.shop), async (method, run) => {
    if (method !== 'capture') return run();
    if (isTaken) await run();
    return { kind: 'unknown', replayed: false };
  });
  const carriers = carriersWith(ground.one.built.units, losing);
  const wanted = { orderId, amount: '40.00', final: false };
  const { file } = await captureOrder(carriers, ground.caller, wanted, ground.request('captureOrder'));
  const lost = file.transactions.find(({ type }) => type === 'CAPTURE');
  if (lost?.status !== 'UNKNOWN') throw new Error(`the capture is ${lost?.status}`);
  return { orderId, transactionId: lost.id };
}

const lostAnswers: Kind = {
  name: 'reconciler of a lost capture / capture',
  trials: 100,
  shop: aShop,
  begin: async (ground, things) => {
    const lost = await Promise.all(each(things, () => lostCapture(ground)));
    ground.advance(6);
    return lost.flatMap(({ orderId, transactionId }): Racer[] => [
      ...each(4, () => ({ of: orderId, line: RECORDING, run: reconciling(ground, transactionId) })),
      ...each(4, () => ({
        of: orderId,
        line: RECORDING,
        run: (carriers: Parameters<Racer['run']>[0]) =>
          captureOrder(
            carriers,
            ground.caller,
            { orderId, amount: '40.00', final: false },
            ground.request('captureOrder'),
          ),
      })),
    ]);
  },
  judge: async (ground) => [
    ...(await ground.books()),
    ...(await ground.wrong(
      'an order',
      `select o.order_number, o.captured_minor::int as captured, count(*)::int as captures from orders o
       join operations p on p.operator_id = o.operator_id and p.order_id = o.id and p.type = 'CAPTURE'
       where o.operator_id = $1 and o.merchant_id = $2 group by o.operator_id, o.id
       having o.captured_minor not in (4000, 8000) or o.captured_minor <> 4000 * count(*)`,
    )),
  ],
};

export const ANSWER_RACES: readonly Kind[] = [answers, lostAnswers];
