import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bulkOperation, chargesCsv, csvOf, rowsOf, sendFile, storedOf } from '../../support/bulk.js';
import {
  aMerchant,
  anOperator,
  aShop,
  Client,
  connect,
  type Product,
  type Shop,
  startProduct,
} from '../../support/product.js';

const HEADER = 'orderNumber,agreementReference,amount';
const CARD = '4242424242424242';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

describe('a file that comes with the mutation', () => {
  it('is stored row by row, and its operation runs', async () => {
    const { operation } = await sendFile(shop, 'chargeAgreements', chargesCsv(3), { fileName: 'charges.csv' });
    expect(operation).toMatchObject({
      kind: 'CHARGE_AGREEMENTS',
      status: 'RUNNING',
      dryRun: false,
      fileName: 'charges.csv',
      counts: { total: 3, done: 0, succeeded: 0, repeated: 0, failed: 0, canceled: 0 },
      uploadUrl: null,
      fileFaults: null,
      finishedAt: null,
    });
    expect(await bulkOperation(shop, operation.id)).toEqual(operation);
    const rows = await rowsOf(shop, operation.id);
    expect(rows.map(({ line, outcome, reference }) => [line, outcome, reference])).toEqual([
      [2, 'PENDING', 'ref-1'],
      [3, 'PENDING', 'ref-2'],
      [4, 'PENDING', 'ref-3'],
    ]);
    expect(rows[0]?.cells).toEqual({ orderNumber: 'ref-1', agreementReference: 'nobody-1', amount: '10.00' });
  });

  it('is of the kind of its mutation, a dry run where it says so, and as spreadsheets write it', async () => {
    const updates = csvOf(
      'changeReference;agreementReference;metadata.plan',
      'c-1;gym-1;"gold; or\r\nsilver ""plus"" \\ü"',
    );
    const { operation } = await sendFile(shop, 'updateAgreements', `\ufeff${updates}`, { dryRun: true });
    expect(operation).toMatchObject({ kind: 'UPDATE_AGREEMENTS', dryRun: true, counts: { total: 1, failed: 0 } });
    const [row] = await rowsOf(shop, operation.id);
    expect(row?.cells).toEqual({
      changeReference: 'c-1',
      agreementReference: 'gym-1',
      'metadata.plan': 'gold; or\nsilver "plus" \\ü',
    });
  });

  it('of many rows is stored in portions, and paged in its order', async () => {
    const count = 12_000;
    const { operation } = await sendFile(shop, 'chargeAgreements', chargesCsv(count, 'many'));
    expect(operation.counts).toMatchObject({ total: count, done: 0 });
    const query = `query ($id: ID!, $after: String) { bulkOperation(id: $id) { rows(first: 2, after: $after) {
      nodes { line reference } pageInfo { hasNextPage endCursor } } } }`;
    type Page = { bulkOperation: { rows: { nodes: { line: number }[]; pageInfo: { endCursor: string } } } };
    const { bulkOperation: first } = await shop.ask<Page>(query, { id: operation.id });
    const after = first.rows.pageInfo.endCursor;
    const { bulkOperation: second } = await shop.ask<Page>(query, { id: operation.id, after });
    expect(first.rows.nodes.map(({ line }) => line)).toEqual([2, 3]);
    expect(second.rows).toMatchObject({
      nodes: [{ line: 4, reference: 'many-3' }, { line: 5 }],
      pageInfo: { hasNextPage: true },
    });
  });

  it('may name a file by anything, of which a text without a card number is shown', async () => {
    const { operation } = await sendFile(shop, 'chargeAgreements', chargesCsv(1, 'named'), {
      fileName: `../../${CARD} \u202e.csv`,
    });
    expect(operation.fileName).toContain('************4242');
    expect(operation.fileName).not.toContain(CARD);
  });
});

describe('rows that are refused as they arrive', () => {
  it('are those whose reference an earlier line has, told which', async () => {
    const rows = ['a,x,1.00', 'b,x,1.00', 'a,y,2.00', 'c,x,1.00', 'a,z,3.00'];
    const { operation } = await sendFile(shop, 'chargeAgreements', csvOf(HEADER, ...rows));
    expect(operation).toMatchObject({ status: 'RUNNING', counts: { total: 5, done: 2, failed: 2 } });
    const failed = await rowsOf(shop, operation.id, 'FAILED');
    expect(failed.map(({ line, reference }) => [line, reference])).toEqual([
      [4, 'a'],
      [6, 'a'],
    ]);
    const said = 'line 2 of this file has the same orderNumber; a reference is used once, by the first row that has it';
    expect(failed[1]?.problem).toEqual({
      code: 'INVALID_INPUT',
      message: `line 6, orderNumber: ${said}`,
      retryable: false,
      issues: [{ path: ['orderNumber'], message: said }],
    });
  });

  it('are those without a reference, with one that is too long, and of another shape than the header', async () => {
    const rows = [',x,1.00', `${'r'.repeat(256)},x,1.00`, 'short,x', 'long,x,1.00,,', 'good,x,1.00'];
    const { operation } = await sendFile(shop, 'chargeAgreements', csvOf(HEADER, ...rows));
    expect(operation.counts).toMatchObject({ total: 5, failed: 4 });
    const problems = (await rowsOf(shop, operation.id)).map(({ problem }) => problem?.message ?? 'none');
    expect(problems[0]).toMatch(/^line 2, orderNumber: must not be empty/);
    expect(problems[1]).toBe('line 3, orderNumber: must have at most 255 characters, not 256');
    expect(problems[2]).toMatch(/^line 4, row: The row has 2 cells, the header has 3/);
    expect(problems[3]).toMatch(/^line 5, row: The row has 5 cells/);
    expect(problems[4]).toBe('none');
  });

  it('end the operation where none is left', async () => {
    const { operation } = await sendFile(shop, 'chargeAgreements', csvOf(HEADER, ',x,1.00', ',y,1.00'));
    expect(operation).toMatchObject({ status: 'COMPLETED', counts: { total: 2, done: 2, failed: 2 } });
    expect(operation.finishedAt).not.toBeNull();
  });

  it('are those with a card number in any cell, of which nothing is stored', async () => {
    const grouped = '4242 4242-4242 4242';
    const rows = [`c-1,x,1.00,${grouped}`, `${CARD},x,1.00,note`, 'c-3,x,1.00,note'];
    const file = csvOf(`${HEADER},description`, ...rows);
    const { operation } = await sendFile(shop, 'chargeAgreements', file);
    expect(operation.counts).toMatchObject({ total: 3, failed: 2 });
    const [inDescription, inReference, good] = await rowsOf(shop, operation.id);
    expect(inDescription).toMatchObject({
      line: 2,
      outcome: 'FAILED',
      reference: 'c-1',
      cells: null,
      problem: {
        code: 'CARD_DATA_NOT_ALLOWED',
        message: 'line 2, description: looks like a card number; card data is not accepted here, use a token',
        retryable: false,
        issues: [{ path: ['description'] }],
      },
    });
    expect(inReference).toMatchObject({ line: 3, outcome: 'FAILED', reference: null, cells: null });
    expect(good).toMatchObject({ outcome: 'PENDING', reference: 'c-3' });
  });
});

describe('a file of our results that was mended', () => {
  it('is read without its result columns, and without the apostrophes that keep a spreadsheet from running cells', async () => {
    const file = csvOf(
      `${HEADER},description,result.outcome,result.problem`,
      `m-1,gym-1,1.00,"'=1+1",FAILED,"'-gone"`,
      `m-2,gym-2,1.00,"it's","${'x'.repeat(50)}",`,
    );
    const { operation } = await sendFile(shop, 'chargeAgreements', file);
    const rows = await rowsOf(shop, operation.id);
    expect(rows.map(({ cells }) => cells)).toEqual([
      { orderNumber: 'm-1', agreementReference: 'gym-1', amount: '1.00', description: '=1+1' },
      { orderNumber: 'm-2', agreementReference: 'gym-2', amount: '1.00', description: "it's" },
    ]);
  });

  it('keeps an apostrophe that its sender has written', async () => {
    const file = csvOf(`${HEADER},description`, `m-3,gym-1,1.00,"'=1+1"`);
    const { operation } = await sendFile(shop, 'chargeAgreements', file);
    const [row] = await rowsOf(shop, operation.id);
    expect(row?.cells?.description).toBe("'=1+1");
  });
});

describe('a file that is refused as a whole', () => {
  const bytes = (...values: readonly number[]) => Uint8Array.from(values);
  const latin1 = Buffer.from(csvOf(HEADER, 'ü-1,x,1.00'), 'latin1');
  const CASES: readonly [what: string, file: string | Uint8Array<ArrayBuffer>, path: string[], message: RegExp][] = [
    ['nothing', '', ['file', 'line 1'], /empty|no header/i],
    ['a header alone', csvOf(HEADER), ['file', 'line 1'], /has a header and no row below it/],
    [
      'a column that is none',
      csvOf('orderNumber,agreementRefrence,amount', 'a,b,1.00'),
      ['file', 'line 1', 'agreementRefrence'],
      /There is no column "agreementRefrence"\. Did you mean "agreementReference"\?/,
    ],
    ['a header below another line', 'sep=;\norderNumber;colour\na;b\n', ['file', 'line 2', 'colour'], /no column/],
    ['no reference column', csvOf('agreementReference', 'a'), ['file', 'line 1', 'orderNumber'], /is missing/],
    ['a column twice', csvOf('orderNumber,orderNumber', 'a,b'), ['file', 'line 1'], /orderNumber/],
    ['a card number for a column', csvOf(`orderNumber,${CARD}`, 'a,b'), ['file', 'line 1'], /card number/],
    ['a quote that is never closed', `${HEADER}\r\na,"b,1.00\r\nc,d,1.00\r\n`, ['file', 'line 2'], /quote/i],
    ['another encoding', new Uint8Array(latin1), ['file', 'line 2'], /UTF-8/],
    ['UTF-16', bytes(0xff, 0xfe, 0x6f, 0x00, 0x72, 0x00), ['file', 'line 1'], /UTF-16/],
    ['a line without end', `${HEADER}\r\na,${'x'.repeat(200_000)},1.00\r\n`, ['file', 'line 2'], /long|bytes/i],
    ['a page of the web', '<!DOCTYPE html>\n<html><body>Log in</body></html>\n', ['file', 'line 1'], /./],
    ['empty lines by the million', `${HEADER}\r\n${'\r\n'.repeat(1_000_000)}`, ['file'], /lines are empty/],
  ];

  it.each(CASES)(
    'is %s: every fault by its line and column, and nothing stored',
    async (_what, file, path, message) => {
      const before = await storedOf(product, shop.operator.id);
      const problem = await sendFile(shop, 'chargeAgreements', file);
      expect(problem).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
      const found = problem.issues.find((issue) => path.every((step, index) => issue.path[index] === step));
      expect(found?.message).toMatch(message);
      expect(JSON.stringify(problem)).not.toContain(CARD);
      expect(await storedOf(product, shop.operator.id)).toEqual(before);
    },
  );

  it('is so late, too: what was stored of its beginning is gone', async () => {
    const before = await storedOf(product, shop.operator.id);
    const problem = await sendFile(shop, 'chargeAgreements', `${chargesCsv(9_000, 'late')}"open,x,1.00\r\n`);
    expect(problem).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['file', 'line 9002'] }] });
    expect(await storedOf(product, shop.operator.id)).toEqual(before);
  });
});

describe('who sends it', () => {
  it("may be an operator that names its merchant, and no other's", async () => {
    const { operator } = shop;
    const nameless = await sendFile(operator, 'chargeAgreements', chargesCsv(1, 'op'));
    expect(nameless).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['merchantId'] }] });
    const named = await sendFile(operator, 'chargeAgreements', chargesCsv(1, 'op'), { merchantId: shop.id });
    expect(named.operation.status).toBe('RUNNING');

    const stranger = await anOperator(product);
    const stripe = product.sandbox.control.createAccount({});
    await connect(stranger, stripe);
    const theirs = await aMerchant(product, stranger, stripe);
    for (const [client, merchantId] of [
      [operator, theirs.id],
      [shop, theirs.id],
      [operator, 'mer_01jd8x2v5kfa3t9m7c4e6r0hzq'],
      [operator, 'nonsense'],
    ] as const) {
      const refused = await sendFile(client, 'chargeAgreements', chargesCsv(1), { merchantId });
      expect(refused).toMatchObject({ code: 'NOT_FOUND', message: 'no such merchant' });
    }
    expect(await bulkOperation(theirs, named.operation.id)).toBeNull();
    expect(await bulkOperation(stranger, named.operation.id)).toBeNull();
    expect(await theirs.ask('query ($id: ID!) { node(id: $id) { id } }', { id: named.operation.id })).toEqual({
      node: null,
    });
    expect(await storedOf(product, stranger.id)).toEqual({ operations: 0, rows: 0 });
  });

  it('is seen by its own merchant and its operator alone, and lists say which', async () => {
    const { operation } = await sendFile(
      shop,
      'updateAgreements',
      csvOf('changeReference,agreementReference', 'u-1,x'),
    );
    const other = await aMerchant(product, shop.operator, shop.stripe);
    expect(await bulkOperation(other, operation.id)).toBeNull();
    expect((await bulkOperation(shop.operator, operation.id))?.id).toBe(operation.id);
    expect(await shop.ask('query ($id: ID!) { node(id: $id) { id } }', { id: operation.id })).toEqual({
      node: { id: operation.id },
    });
    const query = `query ($filter: BulkOperationFilter) { bulkOperations(first: 1, filter: $filter) { nodes { id kind merchant { id } } } }`;
    const list = async (client: Client, filter: object) =>
      (await client.ask<{ bulkOperations: { nodes: object[] } }>(query, { filter })).bulkOperations.nodes;
    const mine = [{ id: operation.id, kind: 'UPDATE_AGREEMENTS', merchant: { id: shop.id } }];
    expect(await list(shop, {})).toEqual(mine);
    expect(
      await list(shop.operator, { merchantId: shop.id, kind: ['UPDATE_AGREEMENTS'], status: ['RUNNING'] }),
    ).toEqual(mine);
    expect(await list(shop, { status: ['PAUSED'], kind: ['UPDATE_AGREEMENTS'] })).toEqual([]);
    expect(await list(shop, { merchantId: other.id })).toEqual([]);
    expect(await list(other, {})).toEqual([]);
  });

  it('needs agreements:write, and agreements:read to look', async () => {
    const keyWith = async (...scopes: string[]) => {
      const input = { name: 'k', merchantId: shop.id, scopes };
      const { secret } = await shop.operator.do<{ secret: string }>('createApiKey', input, 'secret');
      return new Client(product.url, secret);
    };
    const before = await storedOf(product, shop.operator.id);
    const reader = await keyWith('agreements:read');
    await expect(sendFile(reader, 'chargeAgreements', chargesCsv(1))).rejects.toThrow('agreements:write');
    expect(await storedOf(product, shop.operator.id)).toEqual(before);
    const stranger = await keyWith('orders:read');
    await expect(bulkOperation(stranger, 'blk_01jd8x2v5kfa3t9m7c4e6r0hzq')).rejects.toThrow('agreements:read');
  });
});
