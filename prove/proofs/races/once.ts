import { createOrder } from '../../../src/features/orders/index.js';
import { INSERT_ORDER } from '../../../src/features/orders/orders-sql.js';
import { CLAIM_KEY } from '../../../src/platform/idempotency/idempotently.js';
import { newOrder } from '../../../test/reliability/orders/dying.js';
import { aShop } from '../../../test/support/product.js';
import { type Ground, times } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

let numbers = 0;

interface Named {
  readonly orderNumber: string;
  readonly key: string | null;
}

/** Eight sales for each thing, named as `naming` says. */
function sales(line: Racer['line'], naming: (thing: string, racer: number) => Named): Kind['begin'] {
  return async (ground, things) =>
    each(things, () => {
      numbers += 1;
      return `once-${numbers}`;
    }).flatMap((thing) =>
      each(RACERS, (index): Racer => {
        const { orderNumber, key } = naming(thing, index);
        const given = newOrder(ground.merchantId, { orderNumber });
        const request = ground.request('createOrder', key, { orderNumber });
        return { of: thing, line, run: (carriers) => createOrder(carriers, ground.caller, given, request) };
      }),
    );
}

/** As many orders as things, each paid once; and no payment at Stripe of which we have no order. */
const oneEach: Kind['judge'] = async (ground) => {
  const [counted] = await ground.rows<{ orders: number }>(
    `select count(*)::int as orders from orders
     where operator_id = $1 and merchant_id = $2 and status = 'CAPTURED' and captured_minor = 10000`,
  );
  const wanted = ground.answers.size;
  const differ = counted?.orders === wanted ? [] : [`${counted?.orders} orders paid of ${wanted}`];
  return [...differ, ...(await paymentsAtStripe(ground, wanted)), ...(await ground.books())];
};

async function paymentsAtStripe({ one, shop }: Ground, wanted: number): Promise<readonly string[]> {
  const { accountId } = shop.stripe;
  const made = one.sandbox.control.requests({ accountId, path: '/payment_intents$', method: 'POST' }).length;
  return made === wanted ? [] : [`${made} payments were made for ${wanted}`];
}

const sameNumber: Kind = {
  name: 'same order number',
  shop: aShop,
  begin: sales({ before: [INSERT_ORDER] }, (orderNumber) => ({ orderNumber, key: null })),
  judge: async (ground) => [
    ...(await oneEach(ground)),
    ...ground.answeredWrong(
      'a number',
      (codes) => times(1, codes, 'done') && times(RACERS - 1, codes, 'DUPLICATE_ORDER_NUMBER'),
    ),
  ],
};

const sameKey: Kind = {
  name: 'same idempotency key',
  shop: aShop,
  begin: sales({ before: [CLAIM_KEY] }, (orderNumber) => ({ orderNumber, key: `key-${orderNumber}` })),
  judge: async (ground) => [
    ...(await oneEach(ground)),
    ...ground.answeredWrong(
      'a key',
      (codes) => codes.includes('done') && codes.every((code) => code === 'done' || code === 'IDEMPOTENCY_KEY_IN_USE'),
    ),
  ],
};

const otherInput: Kind = {
  name: 'same key, another input',
  trials: 100,
  shop: aShop,
  begin: sales({ before: [CLAIM_KEY] }, (thing, racer) => ({ orderNumber: `${thing}-${racer}`, key: thing })),
  judge: async (ground) => [
    ...(await oneEach(ground)),
    ...ground.answeredWrong(
      'a key',
      (codes) => times(1, codes, 'done') && times(RACERS - 1, codes, 'IDEMPOTENCY_KEY_REUSED'),
    ),
  ],
};

export const ONCE_RACES: readonly Kind[] = [sameNumber, sameKey, otherInput];
