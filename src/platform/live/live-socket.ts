import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { redactCardNumbers } from '../../kernel/card-number.js';
import type { EdgeContext } from '../graphql/edge.js';

/** What a client may leave unread before it is cut off: the alternative is this process's memory. */
const UNREAD_BYTES_MAX = 1_000_000;

/** A client that does not answer the close within this time is cut off. */
const CLOSE_MAX_MS = 1_000;

/** Close codes beside those of graphql-transport-ws. */
export const CLOSE = {
  goingAway: 1001,
  tooSlow: 1013,
  forbidden: 4403,
  initTimeout: 4408,
  tooManyRequests: 4429,
  internal: 4500,
} as const;

/** A WebSocket that knows its LiveSocket, so that thousands of them share their listeners instead of each having closures. */
export class OwnedWebSocket extends WebSocket {
  owner: LiveSocket<EdgeContext> | null = null;
}

/**
 * One client, as graphql-ws wants a socket to be. `raw` is written past `ws`
 * on the hot path; frames are whole, so both may write.
 */
export class LiveSocket<Context extends EdgeContext> {
  context: Context | null = null;
  /** Among whose open sockets this one is counted. */
  countedFor: string | null = null;
  /** Whether anything was heard since the last ping. */
  heard = true;
  /** Runs until the client introduces itself. */
  initTimer: NodeJS.Timeout | null = null;
  /** The protocol's handler of messages. */
  handle: ((message: string) => Promise<void>) | null = null;

  constructor(
    readonly ws: OwnedWebSocket,
    private readonly raw: Duplex,
    readonly requestId: string,
  ) {}

  get protocol(): string {
    return this.ws.protocol;
  }

  /** Whom the connection is with. */
  get address(): string {
    return (this.raw instanceof Socket && this.raw.remoteAddress) || '';
  }

  get open(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  get allowed(): boolean {
    return this.context !== null && (this.context.stillAllowed?.() ?? true);
  }

  onMessage(handle: (message: string) => Promise<void>): void {
    this.handle = handle;
  }

  introduced(): void {
    if (this.initTimer) clearTimeout(this.initTimer);
    this.initTimer = null;
  }

  /** Writes a complete frame. */
  writeFrame(frame: Buffer): void {
    if (this.writable()) this.raw.write(frame);
  }

  send(message: string): void {
    if (this.writable()) this.ws.send(message);
  }

  private writable(): boolean {
    if (this.ws.readyState !== WebSocket.OPEN) return false;
    if (this.raw.writableLength <= UNREAD_BYTES_MAX) return true;
    this.close(CLOSE.tooSlow, 'Reads too slowly');
    return false;
  }

  /** Nothing is delivered from here on, whether or not the client takes part in closing. */
  close(code: number = CLOSE.internal, reason = ''): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.ws.close(code, redactCardNumbers(reason).slice(0, 120));
    setTimeout(() => this.ws.terminate(), CLOSE_MAX_MS).unref();
  }
}
