import type { LookupFunction, Socket } from 'node:net';
import { buildConnector, Client } from 'undici';

/** Where to connect: an origin at addresses that were vetted just now. */
export interface Target {
  readonly origin: string;
  readonly addresses: readonly string[];
}

/** A connection to one target, used by one request at a time. */
export interface Line {
  readonly key: string;
  readonly client: Client;
  /** At once, whatever it is in the midst of. */
  end(): void;
}

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  /** Whether the address that a socket really is connected to may be called. */
  readonly mayBeCalled: (address: string) => boolean;
  /** Certificates to trust instead of the usual ones. */
  readonly ca?: string;
}

/**
 * Idle connections: of all targets together, where beyond that the one that
 * has waited longest ends, and of one target, which is not to have them all.
 */
const IDLE_MAX = { all: 512, ofTarget: 64 } as const;
/** Requests that one connection carries before it is made anew. */
const REQUESTS_MAX = 100;
const IDLE_MS = 4_000;
/** However long the server would keep it. */
const IDLE_MAX_MS = 10_000;
const HEAD_BYTES_MAX = 8 * 1024;

/**
 * Connections, kept for a moment after a clean answer. One that is idle serves
 * the same origin at the same vetted addresses only, so that a name which has
 * moved meanwhile is never answered by where it was.
 */
export class Connections {
  /** In the order in which they became idle. */
  readonly #idle = new Set<Line>();
  readonly #idleOf = new Map<string, Line[]>();
  readonly #inUse = new Set<Line>();

  constructor(private readonly options: ConnectionOptions) {}

  get counts(): { readonly idle: number; readonly inUse: number } {
    return { idle: this.#idle.size, inUse: this.#inUse.size };
  }

  take(target: Target): Line {
    const key = [target.origin, ...target.addresses.toSorted()].join(' ');
    const line = this.#idleOf.get(key)?.at(-1) ?? this.#open(target, key);
    this.#leaveIdle(line);
    this.#inUse.add(line);
    return line;
  }

  /** For one whose answer was read to its end. */
  giveBack(line: Line): void {
    this.#inUse.delete(line);
    if (line.client.destroyed) return;
    const ofTarget = this.#idleOf.get(line.key) ?? [];
    if (ofTarget.length >= IDLE_MAX.ofTarget) {
      line.end();
      return;
    }
    this.#idleOf.set(line.key, [...ofTarget, line]);
    this.#idle.add(line);
    if (this.#idle.size <= IDLE_MAX.all) return;
    const [oldest] = this.#idle;
    if (oldest) this.#endIdle(oldest);
  }

  end(line: Line): void {
    this.#inUse.delete(line);
    line.end();
  }

  endAll(): void {
    for (const line of this.#inUse) line.end();
    this.#inUse.clear();
    for (const line of this.#idle) this.#endIdle(line);
  }

  #open({ origin, addresses }: Target, key: string): Line {
    let socket: Socket | undefined;
    const connect = this.#connector(addresses);
    const client = new Client(origin, {
      connect: (options, callback) => {
        // The types say nothing of it, but it is how a socket that still connects can be ended.
        socket = connect(options, callback) as unknown as Socket;
      },
      pipelining: 1,
      maxRequestsPerClient: REQUESTS_MAX,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MAX_MS,
      maxHeaderSize: HEAD_BYTES_MAX,
      // One deadline over everything is the caller's; these would only begin anew with every byte.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const line: Line = {
      key,
      client,
      end: () => {
        void client.destroy().catch(() => {});
        socket?.destroy();
      },
    };
    client.on('disconnect', () => this.#endIdle(line));
    return line;
  }

  /** Also for whatever closed an idle connection: it is of no more use, and its client would open another to serve again. */
  #endIdle(line: Line): void {
    if (this.#leaveIdle(line)) line.end();
  }

  #leaveIdle(line: Line): boolean {
    if (!this.#idle.delete(line)) return false;
    const left = (this.#idleOf.get(line.key) ?? []).filter((each) => each !== line);
    if (left.length > 0) this.#idleOf.set(line.key, left);
    else this.#idleOf.delete(line.key);
    return true;
  }

  #connector(addresses: readonly string[]): buildConnector.connector {
    const { connectTimeoutMs, mayBeCalled, ca } = this.options;
    const connect = buildConnector({
      lookup: pinnedTo(addresses),
      autoSelectFamily: true,
      timeout: connectTimeoutMs,
      maxCachedSessions: 0,
      // Said, because a variable of the environment could say otherwise.
      rejectUnauthorized: true,
      ...(ca !== undefined && { ca }),
    });
    return (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error) return callback(error, null);
        if (mayBeCalled(socket.remoteAddress ?? '')) return callback(null, socket);
        socket.destroy();
        return callback(new Error('connected to an address that was not vetted'), null);
      });
  }
}

/** Answers every name with addresses that were vetted; nobody is asked a second time. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_name, { all: wantsAll }, callback) => {
    const [first] = all;
    if (wantsAll) callback(null, all);
    else if (first) callback(null, first.address, first.family);
  };
}
