import { createHash } from 'node:crypto';
import type { Child } from '../support/children.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { startWorld, type World } from '../support/world.js';

/** A round takes about a second of CPU: shorter ones measure the machine's mood. */
const REQUESTS = { read: 1_500, page: 300 };
const CONNECTIONS = 8;
const VARIANTS = ['bare', 'apollo', 'trusted'] as const;

const READ = `query ($id: ID!) { order(id: $id) { id billNumber orderNumber status amount { amount currency } capturedAmount { amount } captureBefore createdAt } }`;

const PAGE = `query { orders(first: 20) { nodes { id billNumber orderNumber status amount { amount currency }
  merchant { id name } payer { id reference email } operations { type status amount { amount } createdAt } } pageInfo { hasNextPage endCursor } } }`;

/** CPU of an order read by id, beside bare `node:http` with the same prepared statement. */
export function read(): Promise<readonly Row[]> {
  return compare('read', READ, { apollo: 2.2, trusted: 1.2 });
}

/** CPU of a page of 20 orders with merchants, payers and operations, beside the same rows by hand-written queries. */
export function page(): Promise<readonly Row[]> {
  return compare('page', PAGE, { apollo: 3, trusted: 1.8 });
}

async function compare(
  line: 'read' | 'page',
  document: string,
  targets: { readonly apollo: number; readonly trusted: number },
): Promise<readonly Row[]> {
  const world = await startWorld([document]);
  try {
    const orderId = await someOrders(world);
    const bare = await world.start<{ url: string }>(new URL('./read/bare.js', import.meta.url), {
      ...world.settings,
      ...world.tenant,
    });
    const variables = line === 'read' ? { id: orderId } : {};
    const sha256Hash = createHash('sha256').update(document).digest('hex');
    const bodies = {
      apollo: JSON.stringify({ query: document, variables }),
      trusted: JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash } } }),
    };
    const product = `${world.product.ready.url}/graphql`;
    await assertSameAnswers(world, [bare.ready.url, product], bodies.apollo);
    const results = await rounds(VARIANTS, { count: 7, warmUpMs: 10_000 }, (variant) =>
      variant === 'bare'
        ? cpuEach(world, bare, bare.ready.url, bodies.trusted, REQUESTS[line])
        : cpuEach(world, world.product, product, bodies[variant], REQUESTS[line]),
    );
    return (['apollo', 'trusted'] as const).map((variant) => {
      const ratios = ratiosOf(results[variant], results.bare);
      return {
        line,
        what: `CPU, ${variant === 'apollo' ? 'by Apollo' : 'by trusted document'}`,
        beside: 'bare node:http',
        ratio: spread(ratios),
        target: `≤ ${targets[variant]}`,
        met: median(ratios) <= targets[variant],
        figures: `${median(results[variant]).toFixed(0)} / ${median(results.bare).toFixed(0)} µs of Node a request`,
      };
    });
  } finally {
    await world.close();
  }
}

/** The anchor says the same as the product, to the byte: neither is spared a field. */
async function assertSameAnswers(world: World, urls: readonly string[], body: string): Promise<void> {
  const headers = headersOf(world);
  const ask = async (url: string) => (await fetch(url, { method: 'POST', headers, body })).text();
  const [anchor, product] = await Promise.all(urls.map(ask));
  if (anchor?.trim() !== product?.trim()) throw new Error(`the answers differ:\n${anchor}\n${product}`);
}

function headersOf({ tenant }: World): Record<string, string> {
  return { authorization: `Bearer ${tenant.merchantKey}`, 'content-type': 'application/json' };
}

async function cpuEach(world: World, server: Child<unknown>, url: string, body: string, requests: number) {
  const before = await server.ask<{ cpuMicros: number }>({ order: 'cpu' });
  const headers = headersOf(world);
  await world.load({
    url,
    method: 'POST',
    headers,
    body,
    requests,
    connections: CONNECTIONS,
    expect: '"billNumber"',
  });
  const after = await server.ask<{ cpuMicros: number }>({ order: 'cpu' });
  return (after.cpuMicros - before.cpuMicros) / requests;
}

/** Fifty held orders with payers; the id of one of them. */
async function someOrders(world: World): Promise<string> {
  const mutation = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on CreateOrderPayload { order { id } } ... on Problem { message } } }`;
  let id = '';
  for (let number = 0; number < 50; number += 1) {
    const input = {
      orderNumber: `read-${number}`,
      amount: { amount: '100.00', currency: 'USD' },
      captureMode: 'MANUAL',
      payer: { reference: `payer-${number}`, email: `payer${number}@example.com` },
      payment: { credential: { token: 'pm_card_visa' } },
    };
    const response = await fetch(`${world.product.ready.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.tenant.merchantKey}` },
      body: JSON.stringify({ query: mutation, variables: { input } }),
    });
    const { data } = (await response.json()) as { data: { createOrder: { order?: { id: string }; message?: string } } };
    if (!data.createOrder.order) throw new Error(data.createOrder.message);
    ({ id } = data.createOrder.order);
  }
  return id;
}
