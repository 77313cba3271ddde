import { WebSocket } from 'ws';
import type { Json } from '../../support/product.js';

export interface Change {
  readonly cursor: string;
  readonly occurredAt: string;
  readonly previousStatus: string | null;
  readonly status: string;
  readonly orderId: string;
  readonly order: { readonly id: string; readonly status: string };
}

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?:
    | { readonly data?: { orderStatusChanged: Change } | null; readonly errors?: readonly Json[] }
    | readonly Json[];
}

const CHANGES = `subscription ($orderId: ID, $merchantId: ID, $after: EventCursor) {
  orderStatusChanged(orderId: $orderId, merchantId: $merchantId, after: $after) {
    cursor occurredAt previousStatus status orderId order { id status } } }`;

/** A WebSocket that speaks graphql-transport-ws by hand, so that nothing is tried again behind a test's back. */
export class Listener {
  readonly messages: Message[] = [];
  readonly changes: Change[] = [];
  /** When and how it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly at: number }>;
  #waiting: (() => void)[] = [];

  private constructor(readonly ws: WebSocket) {
    ws.on('message', (data) => this.#receive(JSON.parse(String(data)) as Message));
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      ws.once('close', (code, reason) => resolve({ code, reason: String(reason), at: performance.now() })),
    );
  }

  /** A socket on which nothing was said yet. */
  static async opened(url: string): Promise<Listener> {
    const listener = new Listener(new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws'));
    await new Promise((resolve, reject) => listener.ws.once('open', resolve).once('error', reject));
    return listener;
  }

  /** A socket that said who it is, and was believed. */
  static async of({ url, key }: { readonly url: string; readonly key: string }): Promise<Listener> {
    const listener = await Listener.opened(url);
    listener.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
    await listener.until(() => listener.messages.some(({ type }) => type === 'connection_ack'));
    return listener;
  }

  /** Follows the changes; resolves when the server certainly listens. */
  static async following(
    client: { readonly url: string; readonly key: string },
    variables: Json = {},
  ): Promise<Listener> {
    const listener = await Listener.of(client);
    await listener.follow(variables);
    return listener;
  }

  send(message: Json): void {
    this.ws.send(JSON.stringify(message));
  }

  /** Messages of a socket are worked off in turn, so an answer to a second subscription says that the first one stands. */
  async follow(variables: Json = {}, query = CHANGES): Promise<void> {
    this.send({ id: 'changes', type: 'subscribe', payload: { query, variables } });
    await new Promise((resolve) => setTimeout(resolve, 60));
  }

  /** What came of a subscription that is not to be. */
  async refusal(variables: Json, query = CHANGES): Promise<readonly Json[]> {
    this.send({ id: 'refused', type: 'subscribe', payload: { query, variables } });
    await this.until(() => this.messages.some(({ id, type }) => id === 'refused' && type !== 'complete'));
    const { payload } = this.messages.find(({ id }) => id === 'refused') as Message;
    return Array.isArray(payload) ? payload : ((payload as { errors?: readonly Json[] }).errors ?? []);
  }

  async until(condition: () => boolean, withinMs = 20_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!condition()) {
      const left = end - performance.now();
      if (left <= 0)
        throw new Error(`not within ${withinMs} ms: ${condition}; got ${JSON.stringify(this.messages.slice(-3))}`);
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        new Promise((resolve) => setTimeout(resolve, Math.min(left, 50))),
      ]);
    }
  }

  /** Nothing more came after a while. */
  async quiet(): Promise<void> {
    const before = this.messages.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (this.messages.length > before) throw new Error(`got ${JSON.stringify(this.messages.slice(before))}`);
  }

  /** Cut, as when a telephone enters a tunnel. */
  drop(): void {
    this.ws.terminate();
  }

  get statuses(): string[] {
    return this.changes.map(({ previousStatus, status }) => `${previousStatus ?? ''}>${status}`);
  }

  #receive(message: Message): void {
    this.messages.push(message);
    const data = message.payload && 'data' in message.payload ? message.payload.data : null;
    if (message.type === 'next' && data) this.changes.push(data.orderStatusChanged);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
