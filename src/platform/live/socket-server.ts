import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { handleProtocols, makeServer, type Server as ProtocolServer } from 'graphql-ws';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { newUuid } from '../../kernel/ids.js';
import { answeredError, type Edge, type EdgeContext, ended } from '../graphql/edge.js';
import { ApiError } from '../graphql/errors.js';
import { type LiveArgs, LiveOperations } from './live-operations.js';
import { CLOSE, LiveSocket, OwnedWebSocket } from './live-socket.js';
import { SocketCounts } from './socket-counts.js';

export interface LiveOptions {
  readonly path: string;
  readonly subscriptionsMax?: number;
  readonly socketsMax?: number;
  readonly initMaxMs?: number;
  readonly pingEveryMs?: number;
}

const MESSAGE_MAX = 100_000;
const INIT_MAX_MS = 3_000;
const PING_EVERY_MS = 12_000;
/** Pings go out in this many portions, so that thousands of sockets do not make one long pause. */
const PING_SLOTS = 12;

function webSocketServer() {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_MAX,
    handleProtocols,
    WebSocket: OwnedWebSocket,
  });
}

type Receive = (socket: LiveSocket<EdgeContext>, message: string) => Promise<void>;

function messageListener(receive: Receive): (this: WebSocket, data: RawData) => void {
  return function (data) {
    const owner = ownerOf(this);
    if (owner) void receive(owner, String(data));
  };
}

function ownerOf(ws: WebSocket): LiveSocket<EdgeContext> | null {
  return ws instanceof OwnedWebSocket ? ws.owner : null;
}

function onPong(this: WebSocket): void {
  const owner = ownerOf(this);
  if (owner) owner.heard = true;
}

function onError(this: WebSocket): void {
  this.terminate();
}

/** The key in `connection_init`, under any spelling of its name. */
function authorizationOf(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const entry = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization');
  return typeof entry?.[1] === 'string' ? entry[1] : undefined;
}

/** All WebSockets of one server. */
export class LiveSockets<Context extends EdgeContext> {
  private readonly slots: readonly Set<LiveSocket<Context>>[] = Array.from({ length: PING_SLOTS }, () => new Set());
  private readonly wss = webSocketServer();
  private readonly counts = new SocketCounts();
  /** The subscriptions that are counted, by what asked for them. */
  private readonly running = new WeakSet<object>();
  /** One listener for all sockets; `this` tells whose message it is. */
  private readonly onMessage: (this: WebSocket, data: RawData) => void;
  private readonly protocol: ProtocolServer<LiveSocket<Context>>;
  private readonly operations: LiveOperations<Context>;
  private readonly pings: NodeJS.Timeout;
  private opened = 0;
  private tick = 0;
  private draining = false;

  constructor(
    private readonly edge: Edge<Context>,
    private readonly options: LiveOptions,
  ) {
    this.operations = new LiveOperations(edge);
    this.onMessage = messageListener((socket, message) => this.receive(socket, message));
    this.protocol = this.makeProtocol();
    this.pings = setInterval(() => this.ping(), (options.pingEveryMs ?? PING_EVERY_MS) / PING_SLOTS).unref();
  }

  get count(): number {
    return this.slots.reduce((sum, slot) => sum + slot.size, 0);
  }

  get groupCount(): number {
    return this.operations.groupCount;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, raw, head) => this.upgrade(request, raw, head));
  }

  /** Closes every socket whose context fits, such as those of a revoked key; returns how many. */
  closeWhere(fits: (context: Context) => boolean, code: number, reason: string): number {
    const closing = this.all().filter(({ context }) => context !== null && fits(context));
    for (const socket of closing) socket.close(code, reason);
    return closing.length;
  }

  /** Says goodbye to all; resolves when the last is gone. Who does not answer is cut off by `LiveSocket.close`. */
  async drain(): Promise<void> {
    this.draining = true;
    clearInterval(this.pings);
    const sockets = this.all();
    const gone = sockets.map(({ ws }) => new Promise<void>((resolve) => ws.once('close', () => resolve())));
    for (const socket of sockets) socket.close(CLOSE.goingAway, 'Going away');
    await Promise.all(gone);
  }

  private all(): LiveSocket<Context>[] {
    return this.slots.flatMap((slot) => [...slot]);
  }

  private upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    raw.on('error', () => raw.destroy());
    const refuse = (status: string) => raw.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    if (request.url?.split('?')[0] !== this.options.path) return void refuse('404 Not Found');
    if (this.draining || this.count >= (this.options.socketsMax ?? 20_000))
      return void refuse('503 Service Unavailable');
    this.wss.handleUpgrade(request, raw, head, (ws) => this.accept(ws, raw));
  }

  private accept(ws: OwnedWebSocket, raw: Duplex): void {
    const socket = new LiveSocket<Context>(ws, raw, newUuid());
    const slot = this.slots[this.opened++ % PING_SLOTS] as Set<LiveSocket<Context>>;
    slot.add(socket);
    this.edge.metrics.sockets.inc();
    ws.owner = socket;
    const closed = this.protocol.opened(socket, socket);
    const initMaxMs = this.options.initMaxMs ?? INIT_MAX_MS;
    socket.initTimer = setTimeout(
      () => socket.close(CLOSE.initTimeout, 'Connection initialisation timeout'),
      initMaxMs,
    );
    ws.on('message', this.onMessage).on('pong', onPong).on('error', onError);
    ws.once('close', (code, reason) => {
      socket.introduced();
      slot.delete(socket);
      if (socket.countedFor !== null) this.counts.remove(socket.countedFor);
      this.edge.metrics.sockets.dec();
      closed(code, String(reason)).catch((error: unknown) => {
        this.edge.log.error({ err: error, requestId: socket.requestId }, 'a socket could not be ended');
      });
    });
  }

  private async receive(socket: LiveSocket<EdgeContext>, message: string): Promise<void> {
    socket.heard = true;
    try {
      await socket.handle?.(message);
    } catch (error) {
      this.edge.log.error({ err: error, requestId: socket.requestId }, 'a socket message could not be handled');
      socket.close(CLOSE.internal, `Internal error, request id ${socket.requestId}`);
    }
  }

  private ping(): void {
    const slot = this.slots[this.tick++ % PING_SLOTS] as Set<LiveSocket<Context>>;
    for (const socket of slot) {
      if (!socket.heard) socket.ws.terminate();
      else if (socket.open) socket.ws.ping();
      socket.heard = false;
    }
  }

  private makeProtocol(): ProtocolServer<LiveSocket<Context>> {
    const { operations, edge } = this;
    const subscriptionsMax = this.options.subscriptionsMax ?? 100;
    return makeServer<Record<string, unknown>, LiveSocket<Context>>({
      connectionInitWaitTimeout: 0,
      onConnect: ({ connectionParams, extra }) => this.connect(extra, authorizationOf(connectionParams)),
      onSubscribe: ({ extra, subscriptions }, id, payload) => {
        if (Object.keys(subscriptions).length > subscriptionsMax) {
          return [
            new ApiError('BAD_REQUEST', `At most ${subscriptionsMax} subscriptions per socket; open another one.`),
          ];
        }
        return operations.prepare(extra, id, payload);
      },
      subscribe: (args) => operations.subscribe(args as LiveArgs<Context>),
      // Counted from the moment from which it hears, and not when it was refused or is gone by then.
      onOperation: ({ subscriptions }, id, payload, _args, result) => {
        if (!(Symbol.asyncIterator in result && id in subscriptions)) return;
        this.running.add(payload);
        edge.metrics.subscriptions.inc();
      },
      onNext: ({ extra }, _id, _payload, _args, result) =>
        operations.formatted(result as ExecutionResult, extra.requestId),
      onError: ({ extra }, _id, _payload, errors) => errors.map((error) => answeredError(error, extra.requestId, edge)),
      onComplete: (_context, _id, payload) => {
        if (this.running.delete(payload)) edge.metrics.subscriptions.dec();
      },
      onClose: async ({ extra }) => {
        if (extra.context) await ended(extra.context, edge);
      },
    });
  }

  /** False, and the socket closed, when its key has as many as it may have. */
  private counted(socket: LiveSocket<Context>, context: Context): boolean {
    const { rateKeyOf, socketsMaxOf } = this.edge.contexts;
    const max = socketsMaxOf?.(context);
    if (max === undefined) return true;
    const key = rateKeyOf(context);
    if (this.counts.add(key, max)) socket.countedFor = key;
    else socket.close(CLOSE.tooManyRequests, `At most ${max} sockets may be open at once with this key or token.`);
    return socket.countedFor !== null;
  }

  /** False, or a close of our own with a reason, when the key is not good. */
  private async connect(socket: LiveSocket<Context>, authorization: string | undefined): Promise<boolean> {
    const { requestId, address } = socket;
    socket.introduced();
    try {
      const context = await this.edge.contexts.contextFor({ authorization, address, requestId, kind: 'socket' });
      if (socket.ws.readyState === WebSocket.CLOSED || !this.counted(socket, context)) await ended(context, this.edge);
      else socket.context = context;
      return socket.open;
    } catch (error) {
      const { message, extensions } = answeredError(error, requestId, this.edge);
      const code = extensions?.code === 'INTERNAL' ? CLOSE.internal : CLOSE.forbidden;
      socket.close(extensions?.code === 'RATE_LIMITED' ? CLOSE.tooManyRequests : code, message);
      return false;
    }
  }
}
