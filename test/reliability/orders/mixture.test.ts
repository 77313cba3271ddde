import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { FAULT_KINDS } from '../../../src/stripe-sandbox/http/faults.js';
import { type StripeSandbox, startStripeSandbox } from '../../../src/stripe-sandbox/index.js';
import { aShop, type OrderView, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import { booksAgree, ordersOf, unsettled } from './books.js';
import { chance, racing, SEED } from './disorder.js';

jest.setTimeout(60_000);

const ORDERS = 40;
const CLIENTS = 8;
const LASTS_MS = 8_000;
/** Of the calls to Stripe. Time-outs are rarer than the rest, because each takes 1.5 s of the test. */
const FAULTS = 0.2;
const CARDS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_visa_chargeDeclined',
  'pm_card_threeDSecure2Required',
  'pm_card_pendingRefund',
  'pm_card_refundFail',
  'pm_card_incrementDeclined',
];
/** What callers may be told under all this; anything else is a fault of ours. */
const REFUSALS = new Set([
  'OUTCOME_PENDING',
  'ILLEGAL_TRANSITION',
  'AMOUNT_EXCEEDS_AVAILABLE',
  'AMOUNT_OUT_OF_RANGE',
  'DUPLICATE_ORDER_NUMBER',
  'IDEMPOTENCY_KEY_IN_USE',
  'INCREMENT_UNAVAILABLE',
  'MULTICAPTURE_UNAVAILABLE',
  // A part of an order that nobody has paid.
  'INVALID_INPUT',
]);

let sandbox: StripeSandbox;
let one: Product;
let other: Product;
let shop: Shop;
const logged: { level: string; msg: string; err?: { message: string } }[] = [];

beforeAll(async () => {
  process.stdout.write(`seed ${SEED}\n`);
  sandbox = await startStripeSandbox({ seed: SEED });
  const logTo = { write: (line: string) => void logged.push(JSON.parse(line)) };
  one = await startProduct({ sandbox, logTo });
  other = await startProduct({ sandbox, logTo, database: one.database, masterKey: one.masterKey });
  shop = await aShop(one);
});

afterAll(async () => {
  await other.close();
  await one.close();
  await one.database.drop();
  await sandbox.close();
});

it('forty orders, eight clients, two processes, a fifth of the calls in trouble: everything settles and the books agree', async () => {
  const random = chance(SEED);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const cents = (most: number) => `${Math.ceil(random() * most)}.00`;
  const orders: OrderView[] = [];
  const refusals = new Map<string, number>();
  let asked = 0;

  const clientOf = (racer: number): Shop => {
    const { key, id, operator, stripe } = shop;
    return racer % 2 === 0 ? shop : new (shop.constructor as typeof Shop)(other.url, key, id, operator, stripe);
  };

  async function make(client: Shop): Promise<void> {
    const { order, code } = await client.createOrder({
      // Some numbers come twice.
      orderNumber: `mixture-${Math.floor(random() * ORDERS * 1.5)}`,
      captureMode: random() < 0.7 ? 'MANUAL' : 'AUTOMATIC',
      ...(random() < 0.8 && { payment: pay(pick(CARDS)) }),
      ...(random() < 0.3 && { saveCredential: true, payer: { reference: pick(['a', 'b', 'c']) } }),
      ...(random() < 0.5 && { idempotencyKey: `key-${Math.floor(random() * 1e9)}` }),
    });
    if (order) orders.push(order);
    note(code);
  }

  const DEEDS: readonly ((client: Shop, order: OrderView) => Promise<{ code?: string }>)[] = [
    (client, { id }) => client.capture(id, { amount: cents(60), finalCapture: random() < 0.4 }),
    (client, { id }) => client.capture(id),
    (client, { id }) => client.cancel(id, { amount: cents(70) }),
    (client, { id }) => client.cancel(id, { amount: cents(70) }),
    (client, { id }) => (random() < 0.4 ? client.cancel(id) : client.cancel(id, { amount: cents(20) })),
    (client, { id }) => client.increase(id, `${100 + Math.ceil(random() * 50)}.00`),
    (client, { id }) => client.payOrder(id, pick(CARDS)),
    async (client, { id }) => {
      const { operations } = await client.order(id);
      const payment = operations[0]?.transactions[0]?.externalId;
      try {
        if (payment) sandbox.control.completeAuthentication(shop.stripe.accountId, payment, pick(['succeed', 'fail']));
      } catch {
        // It waits for none.
      }
      return {};
    },
    async (client, { id }) => {
      await client.order(id);
      return {};
    },
  ];

  function note(code: string | undefined): void {
    asked += 1;
    if (code !== undefined) refusals.set(code, (refusals.get(code) ?? 0) + 1);
  }

  const { accountId } = shop.stripe;
  const quick = FAULT_KINDS.filter((kind) => !kind.startsWith('timeout'));
  for (const kind of quick) {
    sandbox.control.addFault({
      kind,
      accountId,
      probability: FAULTS / quick.length,
      delayMs: kind === 'slow' ? 150 : 0,
    });
  }
  for (const kind of ['timeout_before', 'timeout_after'] as const) {
    sandbox.control.addFault({ kind, accountId, probability: 0.01 });
  }
  sandbox.control.setWebhookFaults({ duplicate: 0.3, lose: 0.1, delayMs: 60, shuffle: true });

  const began = performance.now();
  const end = began + LASTS_MS;
  // A slow machine takes longer for as much.
  const isOver = () =>
    performance.now() > end && (orders.length > ORDERS / 2 || performance.now() > began + 4 * LASTS_MS);
  const workers = [one, other].map(async (product) => {
    while (!isOver()) {
      await product.built.jobs.wake('payment-systems.process-inbox');
      await product.built.jobs.wake('orders.reconcile');
      await new Promise((resolve) => setTimeout(resolve, 50));
      // Time passes ten times as fast as it does, so that what is unknown is asked for again and again.
      one.advance(0.25);
      other.clock.advance(0.25);
    }
  });
  await racing(CLIENTS, async (racer) => {
    const client = clientOf(racer);
    while (!isOver()) {
      if (orders.length < ORDERS && random() < 0.3) await make(client);
      else if (orders.length > 0) note((await pick(DEEDS)(client, pick(orders))).code);
    }
  });
  await Promise.all(workers);

  sandbox.control.clearFaults();
  sandbox.control.setWebhookFaults({});
  await one.settle();
  let tookS = 0;
  for (; tookS < 60 && (await unsettled(one, shop)).length > 0; tookS += 10) {
    one.advance(10);
    other.clock.advance(10);
    await one.settle();
  }
  expect(await unsettled(one, shop)).toEqual([]);
  // Events that were lost, and those that wait because they came at the wrong moment.
  await one.built.jobs.wake('payment-systems.fetch-undelivered');
  for (const pause of [0, 60, 300]) {
    one.advance(pause);
    other.clock.advance(pause);
    await one.settle();
  }

  const made = await ordersOf(one, shop);
  const statuses = Object.entries(Object.groupBy(made, ({ status }) => status)).map(
    ([status, each]) => `${each?.length} ${status}`,
  );
  process.stdout.write(
    `${asked} requests on ${made.length} orders (${statuses.join(', ')}); refused: ${[...refusals].map(([code, times]) => `${times} ${code}`).join(', ')}; nothing unknown ${tookS} s after the trouble\n`,
  );
  expect(await booksAgree(one, shop)).toEqual([]);
  expect([...refusals.keys()].filter((code) => !REFUSALS.has(code))).toEqual([]);
  expect(made.length).toBeGreaterThan(20);
  const errors = logged.filter(({ level }) => level === 'error' || level === 'fatal');
  expect(errors.map(({ msg, err }) => `${msg}: ${err?.message}`)).toEqual([]);
});
