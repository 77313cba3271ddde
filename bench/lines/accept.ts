import type { Child } from '../support/children.js';
import { median, percentile, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import type { RunResult } from '../support/load.js';
import { startWorld, type World } from '../support/world.js';

const REQUESTS = 300;
/** The stock server is several times slower; as many requests would take most of the line's time. */
const STOCK_REQUESTS = 100;
const CONNECTIONS = 16;
const VARIANTS = ['ours', 'bare', 'stock'] as const;

const CREATE_ORDER = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderPayload { order { id billNumber status } } ... on Problem { code message } } }`;

const INPUT = {
  orderNumber: '$N',
  amount: { amount: '100.00', currency: 'USD' },
  captureMode: 'MANUAL',
  payment: { credential: { token: 'pm_card_visa' } },
  idempotencyKey: 'key-$N',
};

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

/**
 * An order with a hold over the API, beside the same statements in a bare loop
 * with the same SDK calls, and beside a stock server that writes the same rows
 * with an ORM. Everything is committed to the disk.
 */
export async function accept(): Promise<readonly Row[]> {
  const world = await startWorld();
  try {
    const { tenant, settings, ownerUrl } = world;
    const bare = await world.start<object>(new URL('./accept/bare.js', import.meta.url), { ...settings, ...tenant });
    const stock = await world.start<{ url: string }>(new URL('./accept/stock.js', import.meta.url), {
      ...settings,
      ownerUrl,
    });
    const results = await rounds(VARIANTS, { count: 5, warmUpMs: 10_000 }, (variant) => {
      if (variant === 'bare') return bareRun(world, bare);
      return variant === 'ours'
        ? overHttp(world, world.product, world.product.ready.url, REQUESTS)
        : overHttp(world, stock, stock.ready.url, STOCK_REQUESTS);
    });
    const rate = (name: (typeof VARIANTS)[number]) => results[name].map(({ perSecond }) => perSecond);
    const p99 = (name: (typeof VARIANTS)[number]) => results[name].map(({ p99Ms }) => p99Ms);
    const throughput = ratiosOf(rate('ours'), rate('bare'));
    const latency = ratiosOf(p99('ours'), p99('bare'));
    const beside = ratiosOf(rate('ours'), rate('stock'));
    return [
      row(
        'throughput',
        'bare pg + SDK',
        throughput,
        '≥ 0.7',
        median(throughput) >= 0.7,
        figures(results.ours, results.bare),
      ),
      row(
        'p99',
        'bare pg + SDK',
        latency,
        '≤ 3',
        median(latency) <= 3,
        `${median(p99('ours')).toFixed(0)} ms / ${median(p99('bare')).toFixed(0)} ms`,
      ),
      row(
        'throughput',
        'Apollo + Express + MikroORM',
        beside,
        '≥ 8',
        median(beside) >= 8,
        figures(results.ours, results.stock),
      ),
    ];
  } finally {
    await world.close();
  }
}

async function overHttp(world: World, server: Child<unknown>, url: string, requests: number): Promise<Measured> {
  return measured(world, server, () =>
    world.load({
      url: `${url}/graphql`,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${world.tenant.merchantKey}` },
      body: JSON.stringify({ query: CREATE_ORDER, variables: { input: INPUT } }),
      requests,
      connections: CONNECTIONS,
      expect: '"AUTHORIZED"',
    }),
  );
}

function bareRun(world: World, bare: Child<object>): Promise<Measured> {
  return measured(world, bare, () =>
    bare.ask<RunResult>({ order: 'run', requests: REQUESTS, concurrency: CONNECTIONS }),
  );
}

async function measured(world: World, server: Child<unknown>, run: () => Promise<RunResult>): Promise<Measured> {
  const before = await server.ask<{ cpuMicros: number }>({ order: 'cpu' });
  const postgresBefore = world.postgresCpu();
  const { seconds, latenciesMs } = await run();
  const after = await server.ask<{ cpuMicros: number }>({ order: 'cpu' });
  return {
    perSecond: latenciesMs.length / seconds,
    p99Ms: percentile(
      [...latenciesMs].sort((a, b) => a - b),
      0.99,
    ),
    nodeMicros: (after.cpuMicros - before.cpuMicros) / latenciesMs.length,
    postgresMicros: (world.postgresCpu() - postgresBefore) / latenciesMs.length,
  };
}

function figures(ours: readonly Measured[], other: readonly Measured[]): string {
  const of = (each: readonly Measured[]) =>
    `${median(each.map((one) => one.perSecond)).toFixed(0)}/s, CPU µs Node ${median(each.map((one) => one.nodeMicros)).toFixed(0)} PostgreSQL ${median(each.map((one) => one.postgresMicros)).toFixed(0)}`;
  return `${of(ours)} / ${of(other)}`;
}

function row(what: string, beside: string, ratios: readonly number[], target: string, met: boolean, text: string): Row {
  return { line: 'accept', what, beside, ratio: spread(ratios), target, met, figures: text };
}
