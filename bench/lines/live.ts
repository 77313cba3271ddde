import { setTimeout as pause } from 'node:timers/promises';
import { type Child, startChild } from '../support/children.js';
import { median, type Row, ratiosOf, spread } from '../support/figures.js';
import type { ServerReply, ServerVariant } from './live/server.js';

const SUBSCRIBERS = 5_000;
const ROUNDS = 5;
const EVENTS_A_ROUND = 5;
const VARIANTS: readonly ServerVariant[] = ['raw', 'grouped', 'graphql-ws'];
/** What the run may take; beyond it something hangs. */
const RUN_MAX_MS = 60_000;

interface Measured {
  readonly server: Child<ServerReply>;
  readonly clients: Child<object>;
  readonly heapBytesEach: number;
  readonly rssBytesEach: number;
  readonly cpuMicrosEach: number[];
}

/** A server with all its subscribers idle, and what each of them takes. */
async function started(variant: ServerVariant): Promise<Measured> {
  const server = await startChild<ServerReply>(new URL('./live/server.js', import.meta.url), { variant }, [
    '--expose-gc',
  ]);
  const clients = await startChild<object>(new URL('./live/clients.js', import.meta.url), {});
  const before = await server.ask<ServerReply>({ order: 'memory' });
  await clients.ask({ order: 'connect', port: server.ready.port, count: SUBSCRIBERS });
  await pause(3_500);
  const after = await server.ask<ServerReply>({ order: 'memory' });
  return {
    server,
    clients,
    heapBytesEach: ((after.heapBytes ?? 0) - (before.heapBytes ?? 0)) / SUBSCRIBERS,
    rssBytesEach: ((after.rssBytes ?? 0) - (before.rssBytes ?? 0)) / SUBSCRIBERS,
    cpuMicrosEach: [],
  };
}

/** The server's CPU time for each delivered event, user and system. */
async function round({ server, clients, cpuMicrosEach }: Measured): Promise<void> {
  const before = await server.ask<ServerReply>({ order: 'cpu' });
  const delivered = clients.ask({ order: 'expect', messages: EVENTS_A_ROUND * SUBSCRIBERS });
  await server.ask({ order: 'emit', count: EVENTS_A_ROUND });
  await delivered;
  const after = await server.ask<ServerReply>({ order: 'cpu' });
  cpuMicrosEach.push(((after.cpuMicros ?? 0) - (before.cpuMicros ?? 0)) / (EVENTS_A_ROUND * SUBSCRIBERS));
}

/** Performance line 7: one event to thousands of subscribers of one process, and what an idle one takes. */
export async function live(): Promise<readonly Row[]> {
  const measured = new Map<ServerVariant, Measured>();
  const stop = new AbortController();
  const late = pause(RUN_MAX_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`the live line took more than ${RUN_MAX_MS} ms`);
  });
  try {
    await Promise.race([late, measure(measured)]);
    return rowsOf(measured);
  } finally {
    late.catch(() => {});
    stop.abort();
    for (const { server, clients } of measured.values()) {
      server.kill();
      clients.kill();
    }
  }
}

async function measure(measured: Map<ServerVariant, Measured>): Promise<void> {
  for (const variant of VARIANTS) measured.set(variant, await started(variant));
  for (let number = 0; number <= ROUNDS; number += 1) {
    for (const variant of number % 2 ? VARIANTS : VARIANTS.toReversed()) {
      const one = measured.get(variant);
      if (one) await round(one);
      if (number === 0) one?.cpuMicrosEach.splice(0);
    }
  }
}

function rowsOf(measured: ReadonlyMap<ServerVariant, Measured>): readonly Row[] {
  const [raw, grouped, plain] = VARIANTS.map((variant) => measured.get(variant));
  if (!raw || !grouped || !plain) throw new Error('a variant was not measured');
  const cpu = ratiosOf(grouped.cpuMicrosEach, raw.cpuMicrosEach);
  const heap = grouped.heapBytesEach / plain.heapBytesEach;
  const micros = (each: Measured) => median(each.cpuMicrosEach).toFixed(1);
  const kilobytes = (each: Measured) =>
    `${(each.heapBytesEach / 1_000).toFixed(1)} KB heap, ${(each.rssBytesEach / 1_000).toFixed(1)} KB RSS`;
  return [
    {
      line: 'live',
      what: `CPU of one event to each of ${SUBSCRIBERS} subscribers`,
      beside: 'a raw shared frame',
      ratio: spread(cpu),
      target: '≤ 1.4',
      met: median(cpu) <= 1.4,
      figures: `${micros(grouped)} / ${micros(raw)} µs; plain graphql-ws ${micros(plain)} µs`,
    },
    {
      line: 'live',
      what: 'memory of an idle subscriber (heap)',
      beside: 'plain graphql-ws',
      ratio: heap.toFixed(2),
      target: '≤ 0.3',
      met: heap <= 0.3,
      figures: `${kilobytes(grouped)} / ${kilobytes(plain)}`,
    },
  ];
}
