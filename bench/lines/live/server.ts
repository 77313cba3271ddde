import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { buildHttpServer } from '../../../src/platform/http/server.js';
import { NextFrames, nextMessageHead } from '../../../src/platform/live/frame.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import { type BenchContext, BenchEvents, resultOf, schema } from './schema.js';

/** A server process of the benchmark, told over IPC what to do; the variant is its argument. */
export type ServerVariant = 'raw' | 'graphql-ws' | 'grouped';

export type ServerOrder =
  | { readonly order: 'memory' }
  | { readonly order: 'emit'; readonly count: number }
  | { readonly order: 'cpu' };

export interface ServerReply {
  readonly port?: number;
  readonly heapBytes?: number;
  readonly rssBytes?: number;
  readonly cpuMicros?: number;
}

const events = new BenchEvents();
const context = (requestId: string): BenchContext => ({ requestId, groupScope: 'op', source: events });

/** The least that could be done: the frame is made once and written to every socket. */
async function startRaw(): Promise<number> {
  const server = createServer();
  const wss = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, raw, head) => {
    wss.handleUpgrade(request, raw, head, (ws) => {
      ws.on('message', (data) => {
        const { type } = JSON.parse(String(data)) as { type: string };
        if (type === 'connection_init') ws.send('{"type":"connection_ack"}');
        else sockets.add(raw);
      });
      ws.on('error', () => ws.terminate());
    });
  });
  events.listen(([event]) => {
    if (!event) return;
    const frame = new NextFrames({ data: { orderStatusChanged: resultOf(event) } }).for(
      nextMessageHead('0'.repeat(36)),
    );
    for (const socket of sockets) socket.write(frame);
  });
  return listening(server);
}

async function startGraphqlWs(): Promise<number> {
  const server = createServer();
  const wss = new WebSocketServer({ server, path: '/graphql' });
  useServer({ schema, context: () => context('x') }, wss);
  return listening(server);
}

async function startGrouped(): Promise<number> {
  const server = await buildHttpServer<BenchContext>({
    schema,
    log: createLog({ level: 'error' }),
    introspection: false,
    rateKeyOf: () => 'key',
    tenantOf: () => 'bench',
    rate: { perSecond: 1e6, burst: 1e6 },
    contextFor: async ({ requestId }) => context(requestId),
  });
  const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
  return port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1_024, resolve));
  return (server.address() as AddressInfo).port;
}

const START: Readonly<Record<ServerVariant, () => Promise<number>>> = {
  raw: startRaw,
  'graphql-ws': startGraphqlWs,
  grouped: startGrouped,
};

async function obey(order: ServerOrder): Promise<ServerReply> {
  if (order.order === 'cpu') return { cpuMicros: cpuMicros() };
  if (order.order === 'emit') {
    for (let event = 0; event < order.count; event += 1) {
      events.emit();
      await pause(1);
    }
    return {};
  }
  for (let run = 0; run < 4; run += 1) {
    global.gc?.();
    await pause(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}

const { variant } = settings<{ variant: ServerVariant }>();
serve<ServerOrder>({ port: await START[variant]() }, obey);
