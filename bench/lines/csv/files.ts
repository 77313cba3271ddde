import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { World } from '../../support/world.js';

const LINE_FEED = 0x0a;

/** What came by a link, counted and thrown away. */
export async function loaded(url: string): Promise<{ readonly lines: number; readonly seconds: number }> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(url, (response) => {
    let lines = 0;
    response.on('data', (block: Buffer) => {
      for (let at = block.indexOf(LINE_FEED); at >= 0; at = block.indexOf(LINE_FEED, at + 1)) lines += 1;
    });
    response.on('error', reject);
    response.on('end', () =>
      response.statusCode === 200 ? resolve(lines) : reject(new Error(`${response.statusCode}`)),
    );
  });
  asked.on('error', reject).end();
  const lines = await promise;
  return { lines, seconds: (performance.now() - startedAt) / 1000 };
}

/** A file of charges, block by block: as much of it is in memory as is on its way. */
export async function put(url: string, rows: number): Promise<number> {
  const startedAt = performance.now();
  const sending = request(url, { method: 'PUT', headers: { 'content-type': 'text/csv' } });
  const answered = once(sending, 'response');
  sending.write('orderNumber,agreementReference,amount,description\r\n');
  for (let from = 0; from < rows; from += 1_000) {
    const numbers = Array.from({ length: Math.min(1_000, rows - from) }, (_, index) => from + index);
    if (!sending.write(numbers.map((n) => `bench-${n},member-${n},20.00,Monthly fee\r\n`).join(''))) {
      await once(sending, 'drain');
    }
  }
  sending.end();
  const [response] = await answered;
  const answer = await text(response);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${answer}`);
  const { operation } = JSON.parse(answer) as { operation: { counts: { total: number; failed: number } } };
  if (operation.counts.total !== rows || operation.counts.failed > 0) throw new Error(answer);
  return (performance.now() - startedAt) / 1000;
}

/** Asks the product as the merchant. */
export async function asked<Data>({ product, tenant }: World, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${product.ready.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tenant.merchantKey}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}
