import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve, settings } from '../../support/children.js';

/** Shops' servers, each with a port of its own: `holes` of them take a notification and never answer. */
const { healthy, holes } = settings<{ healthy: number; holes: number }>();

export interface Ports {
  readonly healthy: readonly number[];
  readonly holes: readonly number[];
}

export interface Arrived {
  /** From the event to the arrival, of the healthy ones. */
  readonly sortedMs: readonly number[];
}

type Order = { readonly order: 'begin' | 'wait'; readonly expected?: number };

let latencies: number[] = [];
let expected = Number.POSITIVE_INFINITY;
let all = Promise.withResolvers<void>();
const hanging = new Set<ServerResponse>();

function open(isHole: boolean): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => (isHole ? hanging.add(response) : answer(response, chunks)));
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function answer(response: ServerResponse, chunks: readonly Buffer[]): void {
  response.end('ok');
  const { occurredAt } = JSON.parse(Buffer.concat(chunks).toString()) as { occurredAt: string };
  latencies.push(Date.now() - Date.parse(occurredAt));
  if (latencies.length === expected) all.resolve();
}

const portsOf = (count: number, isHole: boolean) => Promise.all(Array.from({ length: count }, () => open(isHole)));
const ports: Ports = { healthy: await portsOf(healthy, false), holes: await portsOf(holes, true) };

serve<Order>(ports, async (order) => {
  if (order.order === 'begin') {
    // What hung from before ends, so that nobody waits for it.
    for (const response of hanging) response.destroy();
    hanging.clear();
    latencies = [];
    expected = order.expected ?? Number.POSITIVE_INFINITY;
    all = Promise.withResolvers<void>();
    return {};
  }
  await all.promise;
  return { sortedMs: latencies.toSorted((a, b) => a - b) } satisfies Arrived;
});
