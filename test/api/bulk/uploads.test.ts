import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  awaitingFile,
  type BulkView,
  bulkOperation,
  chargesCsv,
  control,
  csvOf,
  putFile,
  rowsOf,
  sendFile,
  slowMutation,
  slowPut,
  storedOf,
} from '../../support/bulk.js';
import { eventually } from '../../support/eventually.js';
import { aMerchant, aShop, Client, type Product, type Shop, startProduct } from '../../support/product.js';

/** More than one portion, so that some of it is stored while the rest is still to come. */
const MANY = 8_000;

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

async function awaiting(): Promise<BulkView> {
  const { operation } = await awaitingFile(shop, 'chargeAgreements');
  return operation;
}

async function statusOf({ id }: BulkView): Promise<string | undefined> {
  return (await bulkOperation(shop, id))?.status;
}

/** Waits until rows of the operation are in the database although its file is still arriving. */
async function stored(operation: Pick<BulkView, 'id'>): Promise<void> {
  await eventually(async () => expect((await bulkOperation(shop, operation.id))?.counts.total).toBeGreaterThan(0));
}

/** Readers of the event log wait for each of these, and nobody waits as long as who sends a file slowly. */
async function transactionsThatWrite(): Promise<number> {
  const { rowCount } = await product.app.query(
    'select from pg_stat_activity where datname = current_database() and backend_xid is not null',
  );
  return rowCount ?? -1;
}

const clean = () => product.built.jobs.wake('bulk.clean-uploads');

describe('a file that is put', () => {
  it('is taken at the address of its operation, without a key, and runs', async () => {
    const operation = await awaiting();
    expect(operation).toMatchObject({ status: 'AWAITING_FILE', counts: { total: 0 }, startedAt: null });
    expect(operation.uploadUrl).toMatch(/\/bulk-files\/blk_/);
    const answer = await putFile(operation.uploadUrl, chargesCsv(3, 'put'));
    expect(answer).toEqual({
      status: 200,
      operation: {
        id: operation.id,
        status: 'RUNNING',
        counts: { total: 3, done: 0, succeeded: 0, repeated: 0, failed: 0, canceled: 0 },
      },
    });
    expect(await bulkOperation(shop, operation.id)).toMatchObject({ status: 'RUNNING', uploadUrl: null });
    expect((await rowsOf(shop, operation.id)).map(({ reference }) => reference)).toEqual(['put-1', 'put-2', 'put-3']);
  });

  it('once more gets the same answer, and another file none', async () => {
    const { id, uploadUrl } = await awaiting();
    const first = await putFile(uploadUrl, chargesCsv(2, 'again'));
    expect(await putFile(uploadUrl, chargesCsv(2, 'again'))).toEqual(first);
    const other = await putFile(uploadUrl, chargesCsv(3, 'again'));
    expect(other).toMatchObject({ status: 409, problem: { code: 'ILLEGAL_TRANSITION' } });
    expect(other.problem?.message).toBe('this operation is RUNNING and takes no other file');
    expect((await rowsOf(shop, id)).length).toBe(2);
  });

  it('is refused with its faults by line and column, and the operation with it', async () => {
    const operation = await awaiting();
    const answer = await putFile(operation.uploadUrl, csvOf('orderNumber,amuont', 'a,1.00'));
    const fault = { line: 1, column: 'amuont', message: 'There is no column "amuont". Did you mean "amount"?' };
    expect(answer).toMatchObject({ status: 422, problem: { code: 'INVALID_INPUT', faults: [fault] } });
    expect(await bulkOperation(shop, operation.id)).toMatchObject({
      status: 'REFUSED',
      fileFaults: [fault],
      counts: { total: 0, done: 0 },
      uploadUrl: null,
    });
    expect((await putFile(operation.uploadUrl, chargesCsv(1))).status).toBe(409);
  });

  it('is not taken where the address was changed, or its time is over', async () => {
    const { uploadUrl, id } = await awaiting();
    const foreign = await awaiting();
    const [base = '', proof] = (uploadUrl ?? '').split(/\.(?=[^.]*$)/);
    const [, otherProof] = (foreign.uploadUrl ?? '').split(/\.(?=[^.]*$)/);
    for (const forged of [`${base}.${otherProof}`, `${base}.${proof?.slice(1)}A`, `${base}`, `${base}.`]) {
      expect(await putFile(forged, chargesCsv(1))).toMatchObject({ status: 404, problem: { code: 'NOT_FOUND' } });
    }
    expect(await bulkOperation(shop, id)).toMatchObject({ status: 'AWAITING_FILE' });
  });

  it('that is cut off leaves no row, and may be put again', async () => {
    const operation = await awaiting();
    const slow = slowPut(operation.uploadUrl);
    slow.send(chargesCsv(MANY, 'cut'));
    await stored(operation);
    expect(await statusOf(operation)).toBe('RECEIVING');
    await eventually(async () => expect(await transactionsThatWrite()).toBe(0));
    slow.cutOff();
    await eventually(async () => expect(await statusOf(operation)).toBe('AWAITING_FILE'));
    expect(await rowsOf(shop, operation.id)).toEqual([]);
    const answer = await putFile(operation.uploadUrl, chargesCsv(2, 'cut'));
    expect(answer).toMatchObject({ status: 200, operation: { status: 'RUNNING', counts: { total: 2 } } });
  });

  it('takes the place of one that hangs: no row of that is left, and none follows', async () => {
    const operation = await awaiting();
    const slow = slowPut(operation.uploadUrl);
    slow.send(chargesCsv(MANY, 'old'));
    await stored(operation);
    const answer = await putFile(operation.uploadUrl, chargesCsv(2, 'new'));
    expect(answer).toMatchObject({ status: 200, operation: { status: 'RUNNING', counts: { total: 2 } } });
    slow.send(chargesCsv(MANY, 'more').replace(/^.*\r\n/, ''));
    expect(await slow.end()).toMatchObject({ status: 409, body: { problem: { code: 'ILLEGAL_TRANSITION' } } });
    expect((await rowsOf(shop, operation.id)).map(({ reference }) => reference)).toEqual(['new-1', 'new-2']);
    expect((await bulkOperation(shop, operation.id))?.counts.total).toBe(2);
  });

  it('is not taken by an operation that was cancelled, before or while it arrives', async () => {
    const before = await awaiting();
    expect((await control(shop, 'cancel', before.id)).operation).toMatchObject({ status: 'CANCELED', uploadUrl: null });
    expect(await putFile(before.uploadUrl, chargesCsv(1))).toMatchObject({ status: 409 });

    const operation = await awaiting();
    const slow = slowPut(operation.uploadUrl);
    slow.send(chargesCsv(MANY, 'cancel'));
    await stored(operation);
    const { operation: canceled } = await control(shop, 'cancel', operation.id);
    expect(canceled).toMatchObject({ status: 'CANCELED', counts: { total: 0, canceled: 0 } });
    slow.send(chargesCsv(MANY, 'more').replace(/^.*\r\n/, ''));
    expect(await slow.end()).toMatchObject({ status: 409 });
    await clean();
    expect(await rowsOf(shop, operation.id)).toEqual([]);
    expect(await bulkOperation(shop, operation.id)).toMatchObject({ status: 'CANCELED', counts: { total: 0 } });
  });

  it('is not taken once the key that asked for the address is revoked, or the operator suspended', async () => {
    const input = { name: 'writer', merchantId: shop.id, scopes: ['agreements:read', 'agreements:write'] };
    const { secret, apiKey } = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
      'createApiKey',
      input,
      'secret apiKey { id }',
    );
    const { operation } = await awaitingFile(new Client(product.url, secret), 'chargeAgreements');
    await shop.operator.do('revokeApiKey', { id: apiKey.id }, 'apiKey { id }');
    const refused = { status: 404, problem: { code: 'NOT_FOUND' } };
    expect(await putFile(operation.uploadUrl, chargesCsv(1))).toMatchObject(refused);

    const other = await aShop(product);
    const awaited = await awaitingFile(other, 'chargeAgreements');
    const turn = (mutation: string) =>
      product.platform.do(mutation, { operatorId: other.operator.id }, 'operator { id }');
    await turn('suspendOperator');
    expect(await putFile(awaited.operation.uploadUrl, chargesCsv(1))).toMatchObject(refused);
    await turn('resumeOperator');
    expect(await putFile(awaited.operation.uploadUrl, chargesCsv(1))).toMatchObject({ status: 200 });
  });

  it('is one of so many at once, and others are not kept out by them', async () => {
    const operations = await Promise.all([awaiting(), awaiting(), awaiting(), awaiting()]);
    const slow = operations.map(({ uploadUrl }) => slowPut(uploadUrl));
    for (const each of slow) each.send(chargesCsv(MANY, 'slot'));
    for (const each of operations) await stored(each);
    const one = await awaiting();
    const headers = { 'content-type': 'text/csv' };
    const refused = await fetch(one.uploadUrl ?? '', { method: 'PUT', headers, body: chargesCsv(1) });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    await expect(sendFile(shop, 'chargeAgreements', chargesCsv(1))).rejects.toThrow('RATE_LIMITED');
    const stranger = await aShop(product);
    expect((await sendFile(stranger, 'chargeAgreements', chargesCsv(1))).operation).toMatchObject({
      status: 'RUNNING',
    });
    for (const each of slow) each.cutOff();
    await eventually(async () => {
      expect(await putFile(one.uploadUrl, chargesCsv(1, 'slot-free'))).toMatchObject({ status: 200 });
    });
  });

  it('shows its rows to nobody who may only write', async () => {
    const input = { name: 'writer', merchantId: shop.id, scopes: ['agreements:write'] };
    const { secret } = await shop.operator.do<{ secret: string }>('createApiKey', input, 'secret');
    const query = `mutation ($input: BulkInput!) { chargeAgreements(input: $input) {
      ... on BulkPayload { operation { id rows(first: 1) { nodes { cells } } } } } }`;
    const asked = new Client(product.url, secret).ask(query, { input: {} });
    await expect(asked).rejects.toThrow('agreements:read');
  });

  it('has an address for whoever may write, and not for whoever may only look', async () => {
    const { id } = await awaiting();
    const input = { name: 'reader', merchantId: shop.id, scopes: ['agreements:read'] };
    const { secret } = await shop.operator.do<{ secret: string }>('createApiKey', input, 'secret');
    expect(await bulkOperation(new Client(product.url, secret), id)).toMatchObject({ uploadUrl: null });
    const other = await aMerchant(product, shop.operator, shop.stripe);
    expect(await bulkOperation(other, id)).toBeNull();
  });
});

describe('a file that comes with the mutation and is cut off', () => {
  it('leaves nothing at all', async () => {
    const before = await storedOf(product, shop.operator.id);
    const slow = slowMutation(shop, 'chargeAgreements', { idempotencyKey: 'cut-off' });
    slow.send(chargesCsv(MANY, 'gone'));
    await eventually(async () => {
      expect((await storedOf(product, shop.operator.id)).rows).toBeGreaterThan(before.rows);
    });
    slow.cutOff();
    await eventually(async () => expect(await storedOf(product, shop.operator.id)).toEqual(before));
  });
});

// The last ones, since they move the clock.
describe('what nobody ends', () => {
  it('is ended by a job: an upload whose process is not heard of any more writes nothing after that', async () => {
    const before = await storedOf(product, shop.operator.id);
    const slow = slowMutation(shop, 'chargeAgreements');
    slow.send(chargesCsv(MANY, 'dead'));
    await eventually(async () => {
      expect((await storedOf(product, shop.operator.id)).rows).toBeGreaterThan(before.rows);
    });
    await clean();
    expect((await storedOf(product, shop.operator.id)).rows).toBeGreaterThan(before.rows);
    product.clock.advance(200);
    await clean();
    expect(await storedOf(product, shop.operator.id)).toEqual(before);
    slow.send(chargesCsv(MANY, 'more').replace(/^.*\r\n/, ''));
    const { body } = await slow.end();
    expect(body).toMatchObject({ data: { chargeAgreements: { code: 'ILLEGAL_TRANSITION' } } });
    expect(await storedOf(product, shop.operator.id)).toEqual(before);
  });

  it('of a file that is put may be put again, while its address is valid', async () => {
    const operation = await awaiting();
    const slow = slowPut(operation.uploadUrl);
    slow.send(chargesCsv(MANY, 'dead'));
    await stored(operation);
    product.clock.advance(200);
    await clean();
    expect(await bulkOperation(shop, operation.id)).toMatchObject({ status: 'AWAITING_FILE', counts: { total: 0 } });
    slow.cutOff();
    const answer = await putFile(operation.uploadUrl, chargesCsv(1, 'dead'));
    expect(answer).toMatchObject({ status: 200, operation: { status: 'RUNNING' } });
  });

  it('is an address to which nothing is put: its operation is cancelled after an hour', async () => {
    const operation = await awaiting();
    product.clock.advance(3_590);
    await clean();
    expect(await statusOf(operation)).toBe('AWAITING_FILE');
    product.clock.advance(11);
    expect(await putFile(operation.uploadUrl, chargesCsv(1))).toMatchObject({ status: 404 });
    await clean();
    expect(await bulkOperation(shop, operation.id)).toMatchObject({ status: 'CANCELED', uploadUrl: null });
  });
});
