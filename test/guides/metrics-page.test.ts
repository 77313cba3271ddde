import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aBillingShop } from '../support/agreements.js';
import { chargesCsv } from '../support/bulk.js';
import { sent } from '../support/bulk-rows.js';
import { type Product, startProduct } from '../support/product.js';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 30_000);

afterAll(() => product.close());

async function shown(): Promise<string> {
  return (await fetch(`${product.url}/metrics`)).text();
}

it('names every figure that a server shows, and no other', async () => {
  const named = [...readFileSync('docs/metrics.md', 'utf8').matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  const told = [...(await shown()).matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
  expect(named.toSorted()).toEqual(told.filter((name) => !/^(?:process|nodejs)_/.test(name)).toSorted());
});

it('counts rows of files by what came of them, and works on none afterwards', async () => {
  await sent(product, await aBillingShop(product), 'chargeAgreements', chargesCsv(3));
  const figures = await shown();
  expect(figures).toContain('\nbulk_rows_done_total{outcome="FAILED"} 3\n');
  expect(figures).toContain('\nbulk_operations_running 0\n');
});
