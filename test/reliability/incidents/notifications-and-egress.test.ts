import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { buildSchema, isInputObjectType } from 'graphql';
import { Registry } from 'prom-client';
import { Deliveries } from '../../../src/features/notifications/deliveries.js';
import { fanOut } from '../../../src/features/notifications/fan-out.js';
import { notificationMeter } from '../../../src/features/notifications/notification-meter.js';
import { run } from '../../../src/platform/database/sql.js';
import { MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { Receiver as Canary } from '../../platform/egress-receivers.js';
import { asOwner } from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { callAt, notificationsOf, notify, untilQuiet } from '../../support/notifications.js';
import { type Client, type Json, pay } from '../../support/product.js';
import { answers, type Behaviour, OK, Receiver } from '../../support/receiver.js';
import { Scene } from './scene.js';

jest.setTimeout(60_000);

const HOUR = 3_600;

let scene: Scene;
const ending: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  scene = await Scene.open({ processes: 1, callbackDeadlineMs: 5_000 });
});

afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  expect(await scene.aftermath()).toEqual([]);
});

afterAll(() => scene.close());

async function aReceiver(behaviour?: Behaviour): Promise<Receiver> {
  const receiver = await Receiver.open(behaviour);
  ending.push(() => receiver.close());
  return receiver;
}

/** Lets time pass and everything be sent that is due then. */
async function sentAfter(seconds: number): Promise<void> {
  scene.advance(seconds);
  await untilQuiet(scene.one, scene.shop);
}

/** A process that takes up what is due, and dies before any of it is sent. */
function dying(posted: string[]): Deliveries {
  const { one } = scene;
  return new Deliveries({
    units: one.built.units,
    system: { query: (statement, parameters) => run(one.system, statement, parameters) },
    masterKeys: MasterKeys.parse(one.masterKey),
    egress: {
      post: ({ url }) => {
        posted.push(url);
        return new Promise(() => {});
      },
    },
    clock: one.clock,
    meter: notificationMeter(new Registry()),
    onFailure: (error) => {
      throw error;
    },
  });
}

it('hyperswitch#3408: what was kept to be sent is sent, whoever died or failed before it was', async () => {
  const shop = await scene.begin();
  const receiver = await aReceiver();
  await callAt(shop, receiver.url());
  await shop.sale();
  await eventually(async () => {
    await scene.one.built.units.sql(scene.operatorId, fanOut);
    expect(await notificationsOf(shop)).toHaveLength(2);
  });
  const posted: string[] = [];
  const process = dying(posted);
  await process.find();
  await eventually(() => expect(posted).toHaveLength(1));
  await process.stop(0);
  await notify(scene.one);
  expect(receiver.received).toEqual([]);
  await sentAfter(31);
  const told = ['operation.status_changed SUCCEEDED', 'order.status_changed CAPTURED'];
  expect(receiver.told()).toEqual(told);

  // The shop's server fails for hours.
  receiver.behave(answers(503, ''));
  await shop.sale();
  await untilQuiet(scene.one, shop);
  for (const hours of [1, 5]) await sentAfter(hours * HOUR);
  const tries = receiver.received.slice(2);
  expect(tries.length).toBeGreaterThanOrEqual(3);
  receiver.behave(OK);
  await sentAfter(3 * HOUR);
  expect(new Set((await notificationsOf(shop)).map(({ status }) => status))).toEqual(new Set(['DELIVERED']));
  expect(receiver.told().slice(-2)).toEqual(told);
  expect(new Set(tries.map(({ id, body }) => id + body)).size).toBe(1);
});

/** Answers with more than anybody can want, for as long as somebody reads; `written` is how much each got. */
function huge(status: number, written: number[], headers: Record<string, string> = {}): Behaviour {
  const some = Buffer.alloc(65_536, 'ok');
  return (response, _received, socket) => {
    socket.once('close', () => written.push(socket.bytesWritten));
    response.writeHead(status, headers);
    const more = () => {
      while (!socket.destroyed && response.write(some));
      if (!socket.destroyed) response.once('drain', more);
    };
    more();
  };
}

it('outpost#975: a huge answer is a try in vain like another, kept as one, and tried no longer than others', async () => {
  const shop = await scene.begin();
  const written: number[] = [];
  const size = 200 * 2 ** 20;
  const receivers = [
    await aReceiver(huge(200, written)),
    await aReceiver(huge(500, written, { 'content-length': String(size) })),
  ];
  for (const receiver of receivers) await shop.sale({ callbackUrl: receiver.url() });
  await untilQuiet(scene.one, shop);
  for (const seconds of [7, 20, 60]) await sentAfter(seconds);
  const tried = receivers.map(({ received }) => received.length);
  expect(tried).toEqual([4, 4]);
  await eventually(() => expect(written).toHaveLength(8));
  expect(Math.max(...written)).toBeLessThan(size / 10);
  const first = (await notificationsOf(shop)).filter(({ attempts }) => attempts.length > 0);
  expect(first.map(({ attempts }) => attempts.map(({ outcome, httpStatus }) => [outcome, httpStatus]))).toEqual(
    [200, 500].map((status) => Array(4).fill(['NOT_OK', status])),
  );
  // Three days after its first try each is given up: that, and then what had waited behind it.
  for (let windows = 1; windows <= 2; windows += 1) await sentAfter(73 * HOUR);
  const over = receivers.map(({ received }) => received.length);
  for (const days of [1, 30]) await sentAfter(days * 24 * HOUR);
  expect(receivers.map(({ received }) => received.length)).toEqual(over);
  expect(new Set((await notificationsOf(shop)).map(({ status }) => status))).toEqual(new Set(['EXHAUSTED']));
});

/** Every input that is an address, by the schema itself. */
function addressesTaken(): readonly string[] {
  const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
  const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  const fields = inputs.flatMap((input) =>
    Object.values(input.getFields()).map(({ name, type }) => ({ at: `${input.name}.${name}`, type })),
  );
  return fields.filter(({ type }) => String(type).includes('URL')).map(({ at }) => at);
}

it('convoy#2668: no way out leads around the guard', async () => {
  const shop = await scene.begin();
  const canary = await Canary.start({ host: '::', onRequest: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok') });
  ending.push(() => canary.stop());
  const inside = canary.url('[::ffff:127.0.0.1]');
  const { operator } = shop;
  const amount = { amount: '10.00', currency: 'USD' };
  const refused: Readonly<Record<string, (url: string) => Promise<Json>>> = {
    'CreateMerchantInput.callbackUrl': (callbackUrl) => made(operator, 'createMerchant', { name: 'x', callbackUrl }),
    'UpdateMerchantInput.callbackUrl': (callbackUrl) =>
      made(operator, 'updateMerchant', { merchantId: shop.id, callbackUrl }),
    'CreateOrderInput.callbackUrl': (callbackUrl) =>
      made(shop, 'createOrder', { orderNumber: 'inside', amount, callbackUrl }),
    'SendTestNotificationInput.url': (url) => made(shop, 'sendTestNotification', { url }),
  };
  // Where browsers go; nobody else does.
  const browsers: readonly string[] = [
    'AddStoredCredentialInput.returnUrl',
    'CreateAgreementInput.returnUrl',
    'CreateOrderInput.returnUrl',
    'ReplaceAgreementCredentialInput.returnUrl',
  ];
  expect([...addressesTaken()].sort()).toEqual([...Object.keys(refused), ...browsers].sort());
  for (const [at, ask] of Object.entries(refused)) {
    expect([at, await ask(inside)]).toMatchObject([at, { code: 'INVALID_INPUT' }]);
  }
  const shopper = await aReceiver(answers(302, 'ok', { location: canary.url() }));
  await shop.sale({ returnUrl: inside, callbackUrl: shopper.url(), payment: pay('pm_card_threeDSecure2Required') });
  await callAt(shop, shopper.url());
  await shop.sale();
  await untilQuiet(scene.one, shop);
  expect(shopper.received.length).toBeGreaterThan(0);

  // As if it had been let in: every address that is kept leads inside.
  const kept = await asOwner<{ table: string; column: string }>(
    scene.one,
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type = 'text' and column_name ~ 'url$'`,
  );
  expect(kept).toContainEqual({ table: 'notifications', column: 'url' });
  for (const { table, column } of kept) {
    await asOwner(scene.one, `update ${table} set ${column} = $1 where operator_id = $2`, [inside, scene.operatorId]);
  }
  await shop.sale();
  expect(await made(shop, 'sendTestNotification', {})).toMatchObject({ isOk: false });
  await made(shop, 'redeliverNotifications', { ids: (await notificationsOf(shop)).map(({ id }) => id) });
  await sentAfter(2 * HOUR);
  const outcomes = (await notificationsOf(shop)).map(({ attempts }) => attempts.at(-1)?.outcome);
  expect(new Set(outcomes)).toEqual(new Set(['ADDRESS_REFUSED', undefined]));
  expect(canary.hits).toBe(0);
  // It would have heard.
  await made(shop, 'sendTestNotification', { url: canary.url() });
  expect(canary.hits).toBe(1);
});

async function made(client: Client, mutation: string, input: Json): Promise<Json> {
  return client.do(mutation, input, mutation === 'sendTestNotification' ? 'isOk' : '__typename');
}
