import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { buildSchema } from 'graphql';
import pg from 'pg';
import { Listener } from '../../api/live/listener.js';
import { eventually } from '../../support/eventually.js';
import { Client, type Json } from '../../support/product.js';
import { Scene } from './scene.js';

jest.setTimeout(60_000);

let scene: Scene;
let owner: pg.Client;
/** Who listens to the feed when nobody subscribes. */
let alone: number;

beforeAll(async () => {
  scene = await Scene.open({ processes: 1 });
  owner = new pg.Client({ connectionString: scene.one.database.url });
  await owner.connect();
  alone = scene.one.built.events.listeners;
});

afterEach(async () => {
  expect(await scene.aftermath()).toEqual([]);
});

afterAll(async () => {
  await owner.end();
  await scene.close();
});

/** What the process has of subscribers: sockets, groups that share an execution, listeners to the feed. */
function held() {
  const { events, http } = scene.one.built;
  return { sockets: http.sockets.count, groups: http.sockets.groupCount, listeners: events.listeners - alone };
}

/** The only one who follows something, and certainly does. */
async function heard(client: Client, variables: Json = {}): Promise<Listener> {
  const listener = await Listener.following(client, variables);
  await eventually(() => expect(held().listeners).toBe(1));
  return listener;
}

const NOTHING = { sockets: 0, groups: 0, listeners: 0 };

async function counted(): Promise<string> {
  return (await fetch(`${scene.one.url}/metrics`)).text();
}

it('graphql-ws#532: a subscription that begins when its socket has gone does not survive it', async () => {
  const shop = await scene.begin();
  const { order } = await shop.createOrder();
  const first = await heard(shop);
  await shop.payOrder(order.id);
  await first.until(() => first.changes.length === 2);
  const after = first.changes[0]?.cursor;
  first.drop();
  await eventually(() => expect(held()).toEqual(NOTHING));

  // Whether the order may be seen is asked of the database, which does not answer while the sockets are there.
  await owner.query('begin; lock table orders in access exclusive mode');
  for (const variables of [{ orderId: order.id }, { orderId: order.id, after }]) {
    for (let count = 0; count < 20; count += 1) {
      const listener = await Listener.of(shop);
      void listener.follow(variables);
      // Whatever it asked has arrived when the answer to a ping comes.
      const pong = new Promise((resolve) => listener.ws.once('pong', resolve));
      listener.ws.ping();
      await pong;
      listener.drop();
    }
  }
  await eventually(() => expect(held().sockets).toBe(0));
  await owner.query('commit');
  await eventually(() => expect(held()).toEqual(NOTHING));
  await eventually(async () => expect(await counted()).toContain('\nlive_subscriptions 0\n'));
  // Nobody is executed for, and whoever subscribes next hears.
  const next = await heard(shop, { orderId: order.id });
  await shop.cancel(order.id);
  await next.until(() => next.changes.length === 1);
  expect(held()).toEqual({ sockets: 1, groups: 1, listeners: 1 });
  next.drop();
  await eventually(() => expect(held()).toEqual(NOTHING));
});

/** A document for each subscription of the schema, with an id of nothing where one is needed. */
function subscriptions(): readonly string[] {
  const fields = Object.values(
    buildSchema(readFileSync('schema.graphql', 'utf8')).getSubscriptionType()?.getFields() ?? {},
  );
  return fields.map(({ name, args }) => {
    const needed = args.filter(({ type }) => String(type).endsWith('!')).map((arg) => `${arg.name}: "x"`);
    return `subscription { ${name}${needed.length > 0 ? `(${needed.join(', ')})` : ''} { __typename } }`;
  });
}

it('type-graphql#175: whoever may not subscribe is refused at once, and not when something is told', async () => {
  const shop = await scene.begin();
  const documents = subscriptions();
  expect(documents.length).toBeGreaterThanOrEqual(4);
  const { secret } = await shop.operator.do<{ secret: string }>(
    'createApiKey',
    { name: 'x', merchantId: shop.id, scopes: ['payers:read'] },
    'secret',
  );
  const { order } = await shop.createOrder();
  const { token } = await shop.do<{ token: string }>('createClientToken', { orderId: order.id }, 'token');
  const listeners: Listener[] = [];
  for (const key of [secret, token]) {
    for (const document of documents) {
      const listener = await Listener.of(new Client(shop.url, key));
      listeners.push(listener);
      const [error] = (await listener.refusal({}, document)) as readonly { extensions: Json }[];
      expect([document, error?.extensions.problem ?? error?.extensions.code]).toEqual([
        document,
        expect.stringMatching(/^(FORBIDDEN|NOT_FOUND)$/),
      ]);
    }
  }
  expect(held()).toEqual({ sockets: listeners.length, groups: 0, listeners: 0 });
  const told = () => listeners.flatMap(({ messages }) => messages.filter(({ type }) => type === 'next'));
  const refusals = told();
  const watching = await heard(shop);
  await shop.payOrder(order.id);
  await watching.until(() => watching.changes.length === 2);
  expect(told()).toEqual(refusals);
  for (const listener of [...listeners, watching]) listener.drop();
  await eventually(() => expect(held()).toEqual(NOTHING));
});
