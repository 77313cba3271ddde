import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServerReply, ServerVariant } from './live/server.js';

const SUBSCRIBERS = 5_000;
const ROUNDS = 5;
const EVENTS_A_ROUND = 5;
const VARIANTS: readonly ServerVariant[] = ['raw', 'grouped', 'graphql-ws'];
/** What the run may take; beyond it something hangs. */
const RUN_MAX_MS = 60_000;

interface Measured {
  readonly server: ChildProcess;
  readonly clients: ChildProcess;
  readonly heapBytesEach: number;
  readonly rssBytesEach: number;
  readonly cpuMicrosEach: number[];
}

function child(file: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./live/${file}.js`, import.meta.url));
  return fork(path, args, { execArgv: ['--expose-gc', '--no-warnings'] });
}

/** The next message of a child; its death is an error, not a wait for ever. */
async function heard<Message>(from: ChildProcess): Promise<Message> {
  const stop = new AbortController();
  const died = once(from, 'exit', { signal: stop.signal }).then(() =>
    Promise.reject(new Error('a child process died')),
  );
  try {
    const [message] = await Promise.race([once(from, 'message', { signal: stop.signal }), died]);
    return message as Message;
  } finally {
    died.catch(() => {});
    stop.abort();
  }
}

function ask<Reply>(of: ChildProcess, order: object): Promise<Reply> {
  const answer = heard<Reply>(of);
  of.send(order);
  return answer;
}

/** A server with all its subscribers idle, and what each of them takes. */
async function started(variant: ServerVariant): Promise<Measured> {
  const server = child('server', variant);
  const { port } = await heard<ServerReply>(server);
  const clients = child('clients');
  const before = await ask<ServerReply>(server, { order: 'memory' });
  await ask(clients, { order: 'connect', port, count: SUBSCRIBERS });
  await pause(3_500);
  const after = await ask<ServerReply>(server, { order: 'memory' });
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
  const before = await ask<ServerReply>(server, { order: 'cpu' });
  const delivered = ask(clients, { order: 'expect', messages: EVENTS_A_ROUND * SUBSCRIBERS });
  await ask(server, { order: 'emit', count: EVENTS_A_ROUND });
  await delivered;
  const after = await ask<ServerReply>(server, { order: 'cpu' });
  cpuMicrosEach.push(((after.cpuMicros ?? 0) - (before.cpuMicros ?? 0)) / (EVENTS_A_ROUND * SUBSCRIBERS));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function ratios(subject: readonly number[], anchor: readonly number[]): string {
  const each = subject.map((value, index) => value / (anchor[index] ?? Number.NaN));
  return `${median(each).toFixed(2)} (${Math.min(...each).toFixed(2)}–${Math.max(...each).toFixed(2)})`;
}

/** Performance line 7: one event to thousands of subscribers of one process, and what an idle one takes. */
export async function live(): Promise<void> {
  const measured = new Map<ServerVariant, Measured>();
  const stop = new AbortController();
  const late = pause(RUN_MAX_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`the live line took more than ${RUN_MAX_MS} ms`);
  });
  try {
    await Promise.race([late, measure(measured)]);
    print(measured);
  } finally {
    late.catch(() => {});
    stop.abort();
    for (const { server, clients } of measured.values()) {
      server.kill('SIGKILL');
      clients.kill('SIGKILL');
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

function print(measured: ReadonlyMap<ServerVariant, Measured>): void {
  const rows = [...measured].map(([variant, { heapBytesEach, rssBytesEach, cpuMicrosEach }]) => ({
    variant,
    'CPU µs / event': median(cpuMicrosEach).toFixed(1),
    'heap KB / subscriber': (heapBytesEach / 1_000).toFixed(1),
    'RSS KB / subscriber': (rssBytesEach / 1_000).toFixed(1),
  }));
  console.table(rows);
  const [raw, grouped, plain] = VARIANTS.map((variant) => measured.get(variant));
  if (!raw || !grouped || !plain) return;
  const memory = grouped.heapBytesEach / plain.heapBytesEach;
  console.log(
    `live: ${SUBSCRIBERS} subscribers; CPU beside the raw frame ${ratios(grouped.cpuMicrosEach, raw.cpuMicrosEach)} × (target ≤ 1.4), ` +
      `beside graphql-ws ${ratios(grouped.cpuMicrosEach, plain.cpuMicrosEach)} ×; memory beside graphql-ws ${memory.toFixed(2)} × (target ≤ 0.3)`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await live();
