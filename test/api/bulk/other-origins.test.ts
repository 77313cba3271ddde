import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { aBillingShop } from '../../support/agreements.js';
import { awaitingFile, chargesCsv } from '../../support/bulk.js';
import { sent } from '../../support/bulk-rows.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';

jest.setTimeout(30_000);

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
});

afterAll(() => product.close());

async function addresses(): Promise<Record<string, string>> {
  const { operation } = await sent(product, shop, 'chargeAgreements', chargesCsv(1));
  const { bulkOperation } = await shop.ask<{ bulkOperation: { results: { url: string } } }>(
    'query ($id: ID!) { bulkOperation(id: $id) { results { url } } }',
    { id: operation.id },
  );
  const awaiting = await awaitingFile(shop, 'chargeAgreements');
  return {
    api: `${product.url}/graphql`,
    upload: awaiting.operation.uploadUrl ?? '',
    results: bulkOperation.results.url,
    template: `${product.url}/bulk/templates/chargeAgreements.csv`,
  };
}

/** Links are their own keys: a page that has come by one is to have no use of it in somebody's browser. */
it('lets no page of another origin read an answer, or be told that it may send a file', async () => {
  const origin = 'https://shop.example';
  for (const [what, url] of Object.entries(await addresses())) {
    for (const method of ['PUT', 'POST', 'GET']) {
      const preflight = await fetch(url, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
      });
      expect([what, method, preflight.ok, corsOf(preflight)]).toEqual([what, method, false, []]);
    }
    const simple = await fetch(url, { headers: { origin } });
    expect([what, corsOf(simple)]).toEqual([what, []]);
  }
  const { operation } = await awaitingFile(shop, 'chargeAgreements');
  const body = new Blob([chargesCsv(1, 'put')]);
  const put = await fetch(operation.uploadUrl ?? '', { method: 'PUT', headers: { origin }, body });
  expect([put.status, corsOf(put)]).toEqual([200, []]);
});

function corsOf({ headers }: Response): string[] {
  return [...headers.keys()].filter((name) => name.startsWith('access-control-'));
}
