import { WebSocket } from 'ws';

const CHANGES = `subscription ($after: EventCursor) { orderStatusChanged(after: $after) { cursor status } }`;
const AGAIN_AFTER_MS = 50;
const LOOK_EVERY_MS = 20;

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: { readonly orderStatusChanged: { readonly cursor: string } } | null };
}

/**
 * A subscriber to the changes of a shop's orders that comes back when it was
 * cut off: to the next of the processes, with the cursor of the last change
 * that it saw. What it saw is kept as it came, repetitions included.
 */
export class Follower {
  /** The cursors of all changes. */
  readonly seen: string[] = [];
  reconnects = 0;
  subscribed = false;
  #ws: WebSocket | null = null;
  #ended = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly key: string,
    private turn: number,
  ) {
    this.#connect();
  }

  /** Cut, as when a telephone enters a tunnel. */
  drop(): void {
    this.#ws?.terminate();
  }

  end(): void {
    this.#ended = true;
    this.#ws?.terminate();
  }

  #connect(): void {
    const url = this.urls[this.turn++ % this.urls.length] ?? '';
    const ws = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.#ws = ws;
    ws.on('open', () => ws.send(`{"type":"connection_init","payload":{"authorization":"Bearer ${this.key}"}}`));
    ws.on('message', (data) => this.#hear(ws, JSON.parse(String(data)) as Message));
    ws.on('error', () => ws.terminate());
    ws.once('close', () => {
      this.subscribed = false;
      if (this.#ended) return;
      this.reconnects += 1;
      setTimeout(() => this.#ended || this.#connect(), AGAIN_AFTER_MS * (1 + Math.random()));
    });
  }

  #hear(ws: WebSocket, { type, payload }: Message): void {
    const cursor = payload?.data?.orderStatusChanged.cursor;
    if (type === 'next' && cursor) this.seen.push(cursor);
    if (type === 'error' || type === 'complete') ws.terminate();
    if (type === 'pong') this.subscribed = true;
    if (type !== 'connection_ack') return;
    const variables = { after: this.seen.at(-1) ?? null };
    ws.send(JSON.stringify({ id: 'changes', type: 'subscribe', payload: { query: CHANGES, variables } }));
    ws.send('{"type":"ping"}');
  }
}

/** Waits for all; false where that does not come. */
export async function allOf(
  followers: readonly Follower[],
  is: (follower: Follower) => boolean,
  withinMs: number,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!followers.every(is)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

export interface Faults {
  readonly gaps: string[];
  readonly repeats: string[];
}

/** What each missed since the first change that it saw, and what it was told twice or in another order. */
export function faultsOf(followers: readonly Follower[], log: readonly string[]): Faults {
  const faults: Faults = { gaps: [], repeats: [] };
  const place = new Map(log.map((cursor, index) => [cursor, index]));
  for (const [number, { seen }] of followers.entries()) {
    const from = place.get(seen[0] ?? '');
    if (from === undefined) {
      faults.gaps.push(`subscriber ${number} saw nothing of the log`);
      continue;
    }
    const told = new Set(seen);
    const missed = log.slice(from).filter((cursor) => !told.has(cursor));
    if (missed.length > 0) faults.gaps.push(`subscriber ${number} missed ${missed.length}, the first ${missed[0]}`);
    seen.forEach((cursor, index) => {
      const before = seen[index - 1];
      if (before !== undefined && (place.get(cursor) ?? -1) <= (place.get(before) ?? -1))
        faults.repeats.push(`subscriber ${number} was told ${cursor} again, or late`);
    });
  }
  return faults;
}
