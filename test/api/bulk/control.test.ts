import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordRows } from '../../../src/features/bulk/record-rows.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import {
  awaitingFile,
  bulkOperation,
  chargesCsv,
  control,
  csvOf,
  putFile,
  rowsOf,
  sendFile,
} from '../../support/bulk.js';
import { callAt, rowsIn, untilQuiet } from '../../support/notifications.js';
import { aMerchant, anOperator, aShop, Client, type Product, type Shop, startProduct } from '../../support/product.js';
import { Receiver } from '../../support/receiver.js';
import { Listener } from '../live/listener.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

let files = 0;

/** A file whose rows nobody carries out: the job that does is not woken here. */
async function aFile(count: number) {
  files += 1;
  const { operation } = await sendFile(shop, 'chargeAgreements', chargesCsv(count, `file-${files}`));
  return operation;
}

/** What carries out rows has done this with some of them. */
async function recorded(id: string, lines: readonly number[], outcome: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED') {
  const problem = { code: 'NOT_FOUND', message: 'no such agreement', retryable: false, issues: [] };
  const results = lines.map((line) => ({
    line,
    outcome,
    problem: outcome === 'FAILED' ? problem : null,
    agreementId: null,
    orderId: null,
  }));
  const operation = { id: uuidOf('bulkOperation', id) ?? '' };
  await product.built.units.sql(uuidOf('operator', shop.operator.id) ?? '', (tx) => recordRows(tx, operation, results));
}

describe('an operation', () => {
  it('is paused and resumed, each as often as anybody likes', async () => {
    const { id } = await aFile(2);
    for (const verb of ['pause', 'pause'] as const) {
      expect((await control(shop, verb, id)).operation).toMatchObject({ status: 'PAUSED', rowsPerSecond: null });
    }
    for (const verb of ['resume', 'resume'] as const) {
      expect((await control(shop, verb, id)).operation.status).toBe('RUNNING');
    }
    await recorded(id, [2, 3]);
    for (const verb of ['pause', 'resume', 'cancel'] as const) {
      const refused = await control(shop, verb, id);
      expect(refused).toMatchObject({ code: 'ILLEGAL_TRANSITION', message: `cannot ${verb} while COMPLETED` });
    }
  });

  it('is cancelled: rows that were not begun become CANCELED, what was done stays done', async () => {
    const { id } = await aFile(5_000);
    await recorded(id, [2, 3]);
    const { operation } = await control(shop, 'cancel', id);
    expect(operation).toMatchObject({
      status: 'CANCELING',
      finishedAt: null,
      counts: { succeeded: 2, canceled: 2_000 },
    });
    await product.built.jobs.wake('bulk.run');
    const ended = await bulkOperation(shop, id);
    expect(ended).toMatchObject({
      status: 'CANCELED',
      counts: { total: 5_000, done: 5_000, succeeded: 2, failed: 0, canceled: 4_998 },
    });
    expect(ended?.finishedAt).not.toBeNull();
    const [, , third] = await rowsOf(shop, id);
    expect(third).toMatchObject({ line: 4, outcome: 'CANCELED', problem: null });
    expect((await rowsOf(shop, id, 'CANCELED')).length).toBe(100);
    expect((await control(shop, 'cancel', id)).operation.status).toBe('CANCELED');
    expect(await control(shop, 'resume', id)).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it('is cancelled at once where there is little of it, paused or not', async () => {
    const { id } = await aFile(3);
    await control(shop, 'pause', id);
    const { operation } = await control(shop, 'cancel', id);
    expect(operation).toMatchObject({ status: 'CANCELED', counts: { total: 3, canceled: 3 } });
  });

  it('counts each row once, however often it is recorded, and ends with the last', async () => {
    const { id } = await aFile(4);
    await Promise.all([recorded(id, [2, 3]), recorded(id, [3, 4]), recorded(id, [2, 4])]);
    expect(await bulkOperation(shop, id)).toMatchObject({ status: 'RUNNING', counts: { done: 3, succeeded: 3 } });
    await recorded(id, [5], 'FAILED');
    const ended = await bulkOperation(shop, id);
    expect(ended).toMatchObject({ status: 'COMPLETED', counts: { total: 4, done: 4, succeeded: 3, failed: 1 } });
    expect(ended?.finishedAt).not.toBeNull();
  });

  it("of somebody else's is as unknown as one that never was", async () => {
    const { id } = await aFile(1);
    const [neighbour, stranger] = [await aMerchant(product, shop.operator, shop.stripe), await anOperator(product)];
    for (const client of [neighbour, stranger]) {
      for (const [verb, which] of [
        ['pause', id],
        ['resume', id],
        ['cancel', id],
        ['cancel', 'blk_01jd8x2v5kfa3t9m7c4e6r0hzq'],
        ['cancel', shop.id],
      ] as const) {
        const refused = await control(client, verb, which);
        expect(refused).toMatchObject({ code: 'NOT_FOUND', message: 'no such bulk operation', issues: [] });
      }
    }
    expect((await bulkOperation(shop, id))?.status).toBe('RUNNING');
    const input = { name: 'reader', merchantId: shop.id, scopes: ['agreements:read'] };
    const { secret } = await shop.operator.do<{ secret: string }>('createApiKey', input, 'secret');
    await expect(control(new Client(product.url, secret), 'cancel', id)).rejects.toThrow('agreements:write');
  });
});

describe('what comes of an operation', () => {
  const WATCH = `subscription ($id: ID!) { bulkOperationProgressed(id: $id) { id status counts { done total } rowsPerSecond } }`;

  function told({ messages }: Listener) {
    return messages
      .filter(({ type }) => type === 'next')
      .map(
        ({ payload }) =>
          (payload as unknown as { data: { bulkOperationProgressed: Seen } }).data.bulkOperationProgressed,
      );
  }

  interface Seen {
    readonly id: string;
    readonly status: string;
    readonly counts: { readonly done: number; readonly total: number };
  }

  it('is told live: progress at most once a second, every change of status, and nothing of other files', async () => {
    const { id } = await aFile(40);
    const listener = await Listener.of(shop);
    await listener.follow({ id }, WATCH);
    await recorded((await aFile(1)).id, [2]);
    for (let line = 2; line < 22; line += 1) await recorded(id, [line]);
    product.clock.advance(2);
    await recorded(id, [22]);
    await listener.until(() => told(listener).some(({ counts }) => counts.done >= 21));
    const progress = told(listener);
    expect(progress.length).toBeLessThan(8);
    expect(progress.every((seen) => seen.id === id && seen.counts.total === 40)).toBe(true);
    expect(await bulkOperation(shop, id)).toMatchObject({ secondsLeft: expect.any(Number) });
    await control(shop, 'pause', id);
    await control(shop, 'cancel', id);
    await listener.until(() => told(listener).some(({ status }) => status === 'CANCELED'));
    const statuses = (await events(id, 'bulk_operation.status_changed')).map(({ payload }) => payload.status);
    expect(statuses).toEqual(['RUNNING', 'PAUSED', 'CANCELING', 'CANCELED']);
    listener.drop();
  });

  it('is told to nobody else', async () => {
    const { id } = await aFile(1);
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const listener = await Listener.of(neighbour);
    expect(await listener.refusal({ id }, WATCH)).toMatchObject([{ message: 'no such bulk operation' }]);
    listener.drop();
  });

  async function events(id: string, type: string) {
    const text = `select payload from events where subject_id = '${uuidOf('bulkOperation', id)}' and type = '${type}' order by sequence`;
    return rowsIn<{ payload: Record<string, unknown> }>(product, shop, text);
  }

  it('is notified to its merchant when it has ended, and not before', async () => {
    const receiver = await Receiver.open();
    const told = await aMerchant(product, shop.operator, shop.stripe);
    await callAt(told, receiver.url('/hook'));
    const { operation } = await awaitingFile(told, 'chargeAgreements');
    await putFile(operation.uploadUrl, csvOf('orderNumber,agreementReference', ',a', ',b'));
    await untilQuiet(product, told);
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(bodies).toMatchObject([
      {
        type: 'bulk_operation.status_changed',
        data: { operationId: operation.id, status: 'COMPLETED', kind: 'CHARGE_AGREEMENTS', total: 2, failed: 2 },
      },
    ]);
    await receiver.close();
  });
});

// The last one, since it moves the clock.
describe('what is forgotten', () => {
  it('are the cells of an operation that ended 90 days ago; counts, references and problems stay', async () => {
    const ended = await aFile(3);
    await recorded(ended.id, [2, 3]);
    await recorded(ended.id, [4], 'FAILED');
    const running = await aFile(1);
    product.clock.advance(89 * 86_400);
    await product.built.jobs.wake('bulk.forget');
    expect((await rowsOf(shop, ended.id))[0]?.cells).not.toBeNull();
    product.clock.advance(2 * 86_400);
    await product.built.jobs.wake('bulk.forget');
    const rows = await rowsOf(shop, ended.id);
    expect(rows.map(({ cells }) => cells)).toEqual([null, null, null]);
    expect(rows[2]).toMatchObject({ outcome: 'FAILED', problem: { code: 'NOT_FOUND' } });
    expect(rows.every(({ reference }) => reference?.startsWith('file-'))).toBe(true);
    expect((await bulkOperation(shop, ended.id))?.counts).toMatchObject({ total: 3, succeeded: 2, failed: 1 });
    expect((await rowsOf(shop, running.id))[0]?.cells).not.toBeNull();
  });
});
