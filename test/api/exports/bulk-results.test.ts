import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resultRows } from '../../../src/features/bulk/result-file-sql.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { separatedLine } from '../../../src/platform/csv/write-csv.js';
import { aBillingShop, day, subscribe } from '../../support/agreements.js';
import { awaitingFile, chargesCsv, putFile, sendFile } from '../../support/bulk.js';
import { type Cells, finished, outcomes, sent } from '../../support/bulk-rows.js';
import { eventually } from '../../support/eventually.js';
import { aMerchant, aShop, type Client, type Product, type Shop, startProduct } from '../../support/product.js';
import { FORMULAS, HARMLESS } from '../../unit/csv/nasty-cells.js';
import { type ExportLink, exportOf, loaded, rowsOf } from './csv.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
});
afterAll(() => product.close());

async function resultsOf(client: Client, id: string, outcome?: string): Promise<ExportLink | null> {
  const { bulkOperation } = await client.ask<{ bulkOperation: { results: ExportLink | null } }>(
    `query ($id: ID!, $outcome: BulkRowOutcome) { bulkOperation(id: $id) { results(outcome: $outcome) { url expiresAt } } }`,
    { id, outcome },
  );
  return bulkOperation.results;
}

async function fileAt(link: ExportLink | null): Promise<{ text: string; rows: Cells[] }> {
  const response = await fetch(link?.url ?? '');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="results-blk_\w+(-failed)?\.csv"$/,
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  return { text: bytes.toString(), rows: await rowsOf(bytes) };
}

const digestsOf = (id: string) => {
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  return product.built.units.sql(operatorId, (tx) =>
    tx.query<{ cells: string[] | null; reference: string }>(
      {
        name: 'test_cells',
        text: 'select cells, reference from bulk_rows where operator_id = $1 and operation_id = $2 order by line',
      },
      [operatorId, uuidOf('bulkOperation', id)],
    ),
  );
};

describe('the results of a file', () => {
  it('have its own columns and what came of each row, and are sent again when they are mended', async () => {
    const { agreement } = await subscribe(shop, { terms: { reference: 'gym-1' } });
    const header = ['orderNumber', 'agreementReference', 'amount', 'description'];
    const lines = [
      ['c-1', 'gym-1', '10.00', '=1+1'],
      ['c-2', 'nobody', '10.00', 'a;b "c"'],
      ['c-3', 'gym-1', '1O.00', "'-x"],
      ['c-4', 'gym-1', '10.00', '4242424242424242'],
    ];
    const file = [header, ...lines].map((cells) => separatedLine(cells.map(raw), ';')).join('');
    const first = await sent(product, shop, 'chargeAgreements', file);
    const { text, rows } = await fileAt(await resultsOf(shop, first.operation.id));
    expect(text.startsWith('\ufeff"orderNumber";"agreementReference";"amount";"description";"result.line";')).toBe(
      true,
    );
    expect(rows).toHaveLength(4);
    expect(rows[0]).toEqual({
      orderNumber: 'c-1',
      agreementReference: 'gym-1',
      amount: '10.00',
      description: "'=1+1",
      'result.line': '2',
      'result.outcome': 'SUCCEEDED',
      'result.problemCode': '',
      'result.message': '',
      'result.agreementId': agreement.id,
      'result.orderId': expect.stringMatching(/^ord_/),
      'result.orderStatus': 'CAPTURED',
      'result.paymentPageUrl': '',
    });
    expect(rows.map((row) => [row['result.outcome'], row['result.problemCode']])).toEqual([
      ['SUCCEEDED', ''],
      ['FAILED', 'NOT_FOUND'],
      ['FAILED', 'INVALID_INPUT'],
      ['FAILED', 'CARD_DATA_NOT_ALLOWED'],
    ]);
    expect(rows[2]?.['result.message']).toContain('amount');
    expect([rows[3]?.orderNumber, rows[3]?.agreementReference, rows[3]?.description]).toEqual(['', '', '']);

    const failed = await fileAt(await resultsOf(shop, first.operation.id, 'FAILED'));
    expect(failed.rows.map((row) => row['result.line'])).toEqual(['3', '4', '5']);
    const mended = failed.text
      .replace('"nobody"', '"gym-1"')
      .replace('"1O.00"', '"11.00"')
      .replace('"";"";"";""', '"c-4";"gym-1";"12.00";""');
    const second = await sent(product, shop, 'chargeAgreements', mended);
    expect(outcomes(second)).toEqual(['2 SUCCEEDED', '3 SUCCEEDED', '4 SUCCEEDED']);
    expect(second.rows[1]?.cells).toEqual({
      orderNumber: 'c-3',
      agreementReference: 'gym-1',
      amount: '11.00',
      description: "'-x",
    });
    const again = await sent(
      product,
      shop,
      'chargeAgreements',
      text.replace('"c-2"', '"=c-9"').replace('"1O.00"', '"1.00"'),
    );
    expect(outcomes(again)[0]).toBe('2 REPEATED');
  });

  it('come back as what was sent, whatever is in a cell: the same digests', async () => {
    const nasty = [...FORMULAS, ...HARMLESS].filter((text) => !/[\r\v\0]/.test(text));
    const rows = nasty.map((description, index) => ({
      orderNumber: `n-${index}`,
      agreementReference: 'none',
      description,
    }));
    const plain = [
      'orderNumber,agreementReference,description',
      ...rows.map((row) => [row.orderNumber, row.agreementReference, row.description].map(quoted).join(',')),
    ].join('\r\n');
    const first = await sent(product, shop, 'chargeAgreements', plain);
    const stored = await digestsOf(first.operation.id);
    expect(stored.map(({ cells }) => cells?.[2])).toEqual(nasty);
    const { text } = await fileAt(await resultsOf(shop, first.operation.id));
    const second = await sent(product, shop, 'chargeAgreements', text);
    expect(second.operation.id).not.toBe(first.operation.id);
    expect(await digestsOf(second.operation.id)).toEqual(stored);
  });

  it('say where a payer may pay', async () => {
    const done = await sent(product, shop, 'createAgreements', [
      {
        'terms.reference': 'waits',
        'terms.type': 'RECURRING',
        'terms.amountVariability': 'VARIABLE',
        'payer.reference': 'waits',
        currency: 'USD',
        firstAmount: '20.00',
        'schedule.period': 'MONTH',
        'schedule.startDate': day(product, 10),
        'chargeAmount.fixed': '20.00',
      },
    ]);
    expect(outcomes(done)).toEqual(['2 SUCCEEDED']);
    const [row] = (await fileAt(await resultsOf(shop, done.operation.id))).rows;
    expect(row?.['result.orderStatus']).toBe('CREATED');
    const page = await fetch(row?.['result.paymentPageUrl'] ?? '');
    expect([page.status, (await page.text()).includes('20.00')]).toEqual([200, true]);
  });

  it('are there once the file is, for its merchant alone, and longer than a page', async () => {
    const awaiting = await awaitingFile(shop, 'chargeAgreements');
    expect(await resultsOf(shop, awaiting.operation.id)).toBeNull();
    const many = Array.from({ length: 1_045 }, (_, index) => `m-${index},nobody,1.00`);
    const { operation } = await sendFile(
      shop,
      'chargeAgreements',
      ['orderNumber,agreementReference,amount', ...many].join('\n'),
    );
    await finished(product, shop, operation.id);
    const { rows } = await fileAt(await resultsOf(shop, operation.id));
    expect(rows.map((row) => row.orderNumber)).toEqual(many.map((line) => line.split(',')[0]));
    const sibling = await aMerchant(product, shop.operator, shop.stripe);
    const query = 'query ($id: ID!) { bulkOperation(id: $id) { results { url } } }';
    for (const stranger of [sibling, await aShop(product)]) {
      expect(await stranger.ask(query, { id: operation.id })).toEqual({ bulkOperation: null });
    }
    const link = await resultsOf(shop, operation.id);
    product.advance(15 * 60);
    expect((await fetch(link?.url ?? '')).status).toBe(404);
  });
});

describe('results of long rows', () => {
  /** Ten megabytes: more than the sockets between the file and a reader who does not read take. */
  const MANY = 1_000;
  let id: string;
  let awaited: string[];

  beforeAll(async () => {
    const cell = 'long '.repeat(1_990);
    awaited = Array.from({ length: MANY }, (_, index) => `long-${index}`);
    const lines = awaited.map((reference) => `${reference},nobody,1.00,${cell}`);
    const file = ['orderNumber,agreementReference,amount,description', ...lines].join('\n');
    ({ id } = (await sendFile(shop, 'chargeAgreements', file)).operation);
    await finished(product, shop, id);
  });

  it('come whole, a few rows at a time', async () => {
    const { rows } = await fileAt(await resultsOf(shop, id));
    expect(rows.map((row) => row.orderNumber)).toEqual(awaited);
    const operatorId = uuidOf('operator', shop.operator.id) ?? '';
    const pageAfter = (line: number, rowsBefore: number, bytes: number) =>
      product.built.units.sql(operatorId, async (tx) => {
        const page = [operatorId, uuidOf('bulkOperation', id), line, bytes];
        return (await tx.query<{ line: number }>(resultRows(null, rowsBefore), page)).map((row) => row.line);
      });
    expect(await pageAfter(0, 1_000, 25_000)).toEqual([2, 3, 4]);
    expect(await pageAfter(4, 3, 100_000_000)).toHaveLength(100);
    expect(await pageAfter(4, 3, 1)).toEqual([5]);
  });

  it('are loaded by so many at once, and by others all the same', async () => {
    const url = (await resultsOf(shop, id))?.url ?? '';
    const readers = await Promise.all([fetch(url), fetch(url), fetch(url)]);
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    const stranger = await aShop(product);
    const other = await awaitingFile(stranger, 'chargeAgreements');
    await putFile(other.operation.uploadUrl, chargesCsv(1));
    expect((await fetch((await resultsOf(stranger, other.operation.id))?.url ?? '')).status).toBe(200);
    for (const reader of readers) await reader.body?.cancel();
    await eventually(async () => {
      const again = await fetch(url);
      await again.body?.cancel();
      expect(again.status).toBe(200);
    });
  });
});

describe('an export of agreements', () => {
  it('is the beginning of a file of updates, with whatever reference', async () => {
    const reference = "-gym, '26";
    const { agreement } = await subscribe(shop, {
      terms: { reference, maximumAmount: '50.00' },
      payer: { reference: 'of-export' },
    });
    const filter = { reference };
    const [exported] = await loaded(await exportOf(shop, 'agreementExport', { filter }));
    const { agreementReference = '', maximumAmount } = exported ?? {};
    expect([agreementReference, maximumAmount]).toEqual([`'${reference}`, '50.00']);
    const done = await sent(
      product,
      shop,
      'updateAgreements',
      [
        'changeReference,agreementReference,maximumAmount,result.agreementId',
        ['up-1', agreementReference, '75.00', agreement.id].map(quoted).join(','),
      ].join('\r\n'),
    );
    expect(outcomes(done)).toEqual(['2 SUCCEEDED']);
    const [changed] = await loaded(await exportOf(shop, 'agreementExport', { filter }));
    expect([changed?.['result.agreementId'], changed?.maximumAmount]).toEqual([agreement.id, '75.00']);
  });
});

/** As a file of somebody's that no program has guarded. */
const raw = (text: string) => ({ number: quoted(text) });
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
