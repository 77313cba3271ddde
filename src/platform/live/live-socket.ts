import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
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
  tooManyRequests: 4429,
  internal: 4500,
} as const;

/** One client. `raw` is written past `ws` on the hot path; frames are whole, so both may write. */
export class LiveSocket<Context extends EdgeContext> {
  context: Context | null = null;
  /** Whether anything was heard since the last ping. */
  heard = true;

  constructor(
    readonly ws: WebSocket,
    private readonly raw: Duplex,
    readonly requestId: string,
  ) {}

  get open(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  get allowed(): boolean {
    return this.context !== null && (this.context.stillAllowed?.() ?? true);
  }

  /** Writes a complete frame. */
  writeFrame(frame: Buffer): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    if (this.raw.writableLength > UNREAD_BYTES_MAX) this.close(CLOSE.tooSlow, 'Reads too slowly');
    else this.raw.write(frame);
  }

  send(message: string): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    if (this.raw.writableLength > UNREAD_BYTES_MAX) this.close(CLOSE.tooSlow, 'Reads too slowly');
    else this.ws.send(message);
  }

  /** Nothing is delivered from here on, whether or not the client takes part in closing. */
  close(code: number, reason: string): void {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    this.ws.close(code, reason.slice(0, 120));
    setTimeout(() => this.ws.terminate(), CLOSE_MAX_MS).unref();
  }
}
