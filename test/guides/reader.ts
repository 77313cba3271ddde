import { createClient, type Client as LiveClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { bill } from '../support/agreements.js';
import { eventually } from '../support/eventually.js';
import type { Product } from '../support/product.js';
import { curl } from './curl.js';
import type { CurlStep, EventStep, FileStep, GraphqlStep, Step } from './guide-file.js';
import { filled, filledCommand, likeShown } from './placeholders.js';

/** The addresses of a started product, which the guides print. */
const ADDRESSES = { api: 'http://127.0.0.1:4000', sandbox: 'http://127.0.0.1:4001', control: 'http://127.0.0.1:4011' };

const EVENT_MAX_MS = 20_000;

/** Somebody who follows a guide from its first line to its last, and does exactly what it says. */
export class Reader {
  readonly #kept: Map<string, string>;
  readonly #files = new Map<string, string>();
  readonly #sockets: LiveClient[] = [];
  #told: unknown[] = [];
  /** Whether a file was sent whose rows nobody has carried out. */
  #rowsWait = false;

  constructor(
    private readonly product: Product,
    known: Readonly<Record<string, string>>,
  ) {
    this.#kept = new Map(Object.entries(known));
  }

  async follow(step: Step): Promise<void> {
    if (step.waitSeconds > 0) {
      this.product.advance(step.waitSeconds);
      await this.product.settle();
      await this.product.built.jobs.wake('payers.attend-credentials');
    }
    if (this.#rowsWait && !startsListening(step)) await this.#carryOutRows();
    const answer = await this.#answerTo(step);
    if (step.kind === 'graphql' && step.source.includes('advanceTestClock')) await bill(this.product);
    // What is closed is charged within seconds, by a job that does not tick here.
    if (step.kind === 'graphql' && /advanceTestClock|finalizeInvoice/.test(step.source)) {
      await this.product.built.jobs.wake('invoices.attend');
    }
    if (step.response !== null) expect(answer).toEqual(likeShown(step.response));
    for (const [name, path] of Object.entries(step.keep)) this.#kept.set(name, textAt(answer, path));
  }

  async close(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.dispose()));
  }

  #answerTo(step: Step): Promise<unknown> {
    if (step.kind === 'curl') return this.#call(step);
    if (step.kind === 'file') return this.#write(step);
    if (step.kind === 'event') return step.isLast ? this.#lastEvent(step) : this.#nextEvent(step);
    return step.source.trimStart().startsWith('subscription') ? this.#subscribe(step) : this.#ask(step);
  }

  async #ask({ as, source, variables, response }: GraphqlStep): Promise<unknown> {
    const reply = await fetch(`${this.product.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: this.#authorization(as) },
      body: JSON.stringify({ query: source, variables: filled(variables, this.#kept) }),
    });
    const answer = (await reply.json()) as unknown;
    // What a guide does not show has to succeed all the same.
    if (response === null) expect(faultsOf(answer)).toEqual([]);
    return answer;
  }

  /** Resolves when the subscription runs: nothing that happens afterwards may be missed. */
  async #subscribe({ as, source, variables }: GraphqlStep): Promise<null> {
    const told: unknown[] = [];
    let refusal: unknown = null;
    this.#told = told;
    const client = createClient({
      url: `${this.product.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: this.#authorization(as) },
    });
    this.#sockets.push(client);
    const before = await this.#running();
    client.subscribe(
      { query: source, variables: filled(variables, this.#kept) as Record<string, unknown> },
      {
        next: (event) => void told.push(event),
        error: (error) => {
          refusal = error;
        },
        complete: () => {},
      },
    );
    await eventually(async () => {
      if (refusal) throw new Error(`the subscription was refused: ${JSON.stringify(refusal)}`);
      expect(await this.#running()).toBe(before + 1);
    }, EVENT_MAX_MS);
    return null;
  }

  async #nextEvent({ line }: EventStep): Promise<unknown> {
    await eventually(async () => {
      if (this.#told.length === 0) throw new Error(`nothing has come that line ${line} could be`);
    }, EVENT_MAX_MS);
    return this.#told.shift();
  }

  async #lastEvent({ response }: EventStep): Promise<unknown> {
    await eventually(async () => expect(this.#told.at(-1)).toEqual(likeShown(response)), EVENT_MAX_MS);
    return this.#told.at(-1);
  }

  /** What was loaded and is mended has the columns that it had. */
  async #write({ name, content, isFilled }: FileStep): Promise<null> {
    const before = this.#files.get(name);
    if (before !== undefined) expect(headerOf(content)).toBe(headerOf(before));
    this.#files.set(name, isFilled ? filledCommand(content, this.#kept) : content);
    return null;
  }

  /** By a job that does not tick here. */
  async #carryOutRows(): Promise<void> {
    this.#rowsWait = false;
    await this.product.built.jobs.wake('bulk.run');
    await eventually(async () => {
      const figures = await (await fetch(`${this.product.url}/metrics`)).text();
      expect(figures).toContain('\nbulk_operations_running 0\n');
    }, EVENT_MAX_MS);
  }

  async #running(): Promise<number> {
    const reply = await fetch(`${this.product.url}/metrics`);
    return Number(/^live_subscriptions (\d+)$/m.exec(await reply.text())?.[1]);
  }

  async #call({ source }: CurlStep): Promise<unknown> {
    const { url, into, ...request } = curl(source, { kept: this.#kept, files: this.#files });
    const reply = await fetch(this.#reachable(url), { ...request, redirect: 'manual' });
    if (reply.status >= 400) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
    await this.product.settle();
    this.#rowsWait ||= request.method === 'PUT' || request.body instanceof FormData;
    if (into !== null) {
      this.#files.set(into, await reply.text());
      return null;
    }
    return reply.headers.get('content-type')?.includes('json') ? reply.json() : reply.text();
  }

  #reachable(url: string): string {
    const { product } = this;
    return url
      .replace(ADDRESSES.api, product.url)
      .replace(ADDRESSES.sandbox, product.sandbox.url)
      .replace(ADDRESSES.control, product.sandbox.controlUrl);
  }

  #authorization(as: string): string {
    const key = this.#kept.get(`${as}Key`);
    if (key === undefined) throw new Error(`nobody has the key "${as}"`);
    return `Bearer ${key}`;
  }
}

/** Whoever wants to hear of rows listens before they are carried out. */
function startsListening(step: Step): boolean {
  return step.kind === 'graphql' && step.source.trimStart().startsWith('subscription');
}

function headerOf(file: string): string {
  return file.replace(/^\ufeff/, '').split(/\r?\n/)[0] ?? '';
}

/** Every error and every Problem of an answer. */
function faultsOf(answer: unknown): readonly unknown[] {
  const { data, errors = [] } = answer as { data?: Record<string, unknown>; errors?: unknown[] };
  const problems = Object.values(data ?? {}).filter(
    (each) => each !== null && typeof each === 'object' && 'code' in each && 'message' in each,
  );
  return [...errors, ...problems];
}

function textAt(answer: unknown, path: string): string {
  const root = (answer as { data?: unknown }).data ?? answer;
  const found = path.split('.').reduce<unknown>((from, key) => (from as Record<string, unknown> | null)?.[key], root);
  if (typeof found !== 'string') throw new Error(`the answer has no text at ${path}: ${JSON.stringify(answer)}`);
  return found;
}
