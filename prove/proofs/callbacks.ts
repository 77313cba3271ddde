import { createTestDatabase } from '../../test/support/database.js';
import { rowsIn, untilQuiet } from '../../test/support/notifications.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../test/support/product.js';
import { type Behaviour, HANGS, OK, Receiver } from '../../test/support/receiver.js';
import { RECEIVER_CASES } from '../../test/support/receiver-cases.js';
import { atLeast, atMost, type Found, none, type Order, type Proof, told } from '../proof.js';
import { Diary, fill, tellSome } from './callbacks/many.js';

const SIZES = {
  small: { deliveries: 300, latencies: 20, stepHours: 12, deadlineMs: 250 },
  full: { deliveries: 10_000, latencies: 200, stepHours: 4, deadlineMs: 1_000 },
};
const WINDOW_HOURS = 72;
/** What comes second in an order begins when the first is given up, and has as long. */
const HOURS = 2 * WINDOW_HOURS + 24;
const P95_MAX_MS = 2_000;
/** Servers of a neighbour that hang, each with more to be told than it has lanes. */
const HANGING = 8;
const OF_EACH = 20;

/** A shop and its servers, which end with the proof. */
class Street {
  readonly receivers: Receiver[] = [];

  constructor(
    readonly product: Product,
    readonly shop: Shop,
  ) {}

  async open(behaviour: Behaviour = OK): Promise<Receiver> {
    const receiver = await Receiver.open(behaviour);
    this.receivers.push(receiver);
    return receiver;
  }
}

export const callbacks: Proof = {
  name: 'callbacks',
  promise: 'a notification ends with 200 and exactly ok, or after 72 hours, and who hangs holds up nobody else',
  minutes: 4,
  async run(order) {
    const database = await createTestDatabase(order.postgresUrl);
    const product = await startProduct({ database, callbackDeadlineMs: SIZES[order.size].deadlineMs });
    const street = new Street(product, await aShop(product));
    try {
      return await prove(street, order);
    } finally {
      await Promise.all(street.receivers.map((each) => each.close()));
      await product.close();
      await database.drop();
    }
  },
};

async function prove(street: Street, { size, say }: Order): Promise<Found> {
  const { deliveries, latencies, stepHours } = SIZES[size];
  const { product, shop } = street;
  say(`${deliveries} deliveries beside ${RECEIVER_CASES.length} ways to take them`);
  const cases = await Promise.all(
    RECEIVER_CASES.map(async (each) => ({ ...each, receiver: await street.open(each.behaviour) })),
  );
  for (const { receiver } of cases) await shop.sale({ callbackUrl: receiver.url('/hook') });
  const healthy = await street.open();
  await fill(product, shop, healthy, deliveries);
  await untilQuiet(product, shop, 120_000);
  const copies = healthy.received.filter(({ body }) => body.includes('"copy"'));
  const twice = copies.length - new Set(copies.map(({ id }) => id)).size;

  say('beside servers that hang');
  const p95 = percentile95(await besideHanging(street, latencies));

  say(`${HOURS} hours, in steps of ${stepHours}`);
  const diary = new Diary(
    product,
    shop,
    cases.map(({ receiver }) => receiver),
  );
  diary.note();
  while (diary.hours < HOURS) await diary.pass(stepHours);
  const asked = [...diary.tries.values()].reduce((sum, { times }) => sum + times, 0);
  // Whoever behaves now is told nothing: what was meant for them has been given up.
  for (const { receiver } of cases) receiver.behave(OK);
  await diary.pass(stepHours);

  const states = await rowsIn<{ origin: string; status: string; count: number }>(product, shop, STATES);
  const stateOf = (receiver: Receiver) =>
    states.filter(({ origin }) => origin === receiver.origin).map(({ status, count }) => `${count} ${status}`);
  const ended = cases.flatMap(({ what, outcome, receiver }) => {
    const wanted = outcome === 'DELIVERED' ? '2 DELIVERED' : '2 EXHAUSTED';
    const found = stateOf(receiver).join(', ');
    const requests = receiver.received.length;
    const isRight = found === wanted && (outcome === 'DELIVERED' ? requests === 2 : requests > 4);
    return isRight ? [] : [`"${what}": ${found} after ${requests} requests`];
  });
  const late = [...diary.tries].flatMap(([id, { first, last }]) =>
    last - first >= WINDOW_HOURS ? [`${id} was tried ${last - first} hours after its first time`] : [],
  );
  const after = [...diary.tries.values()].reduce((sum, { times }) => sum + times, 0) - asked;
  const again = after > 0 ? [`${after} were sent after they had been given up`] : [];
  const missed = copies.length - twice === deliveries ? [] : [`the healthy shop heard ${copies.length - twice}`];
  const repeated = twice > 0 ? [`${twice} were told twice though both were answered ok`] : [];
  return {
    figures: [
      atLeast('ways to take a notification', cases.length, 20),
      atLeast('deliveries', copies.length - twice, deliveries),
      told('tries of those that never said ok', asked),
      none('stopped before 200 and ok, or not stopped by it', ended),
      none('tried after 72 hours', late),
      none('sent after they were given up', again),
      none('told twice', repeated),
      atMost("others' p95 beside shops that hang, from due to arrived", p95, P95_MAX_MS, ' ms'),
    ],
    violations: [...ended, ...late, ...again, ...missed, ...repeated],
  };
}

const STATES = `select e.origin, n.status, count(*)::int as count from notifications n
  join notification_endpoints e on e.operator_id = n.operator_id and e.id = n.endpoint_id group by 1, 2 order by 1, 2`;

/** What is told while a neighbour's servers take everything and answer nothing. */
async function besideHanging(street: Street, count: number): Promise<readonly number[]> {
  const { product, shop } = street;
  const neighbour = await aMerchant(product, shop.operator, shop.stripe);
  for (let server = 0; server < HANGING; server += 1) await fill(product, neighbour, await street.open(HANGS), OF_EACH);
  return tellSome(product, shop, await street.open(), count);
}

function percentile95(values: readonly number[]): number {
  return Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length * 0.95)] ?? 0);
}
