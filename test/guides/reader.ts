import { createClient, type Client as LiveClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { bill } from '../support/agreements.js';
import { eventually } from '../support/eventually.js';
import type { Product } from '../support/product.js';
import type { CurlStep, EventStep, GraphqlStep, Step } from './guide-file.js';
import { filled, filledCommand, likeShown } from './placeholders.js';

/** The addresses of a started product, which the guides print. */
const ADDRESSES = { api: 'http://127.0.0.1:4000', sandbox: 'http://127.0.0.1:4001', control: 'http://127.0.0.1:4011' };

const EVENT_MAX_MS = 20_000;

/** Somebody who follows a guide from its first line to its last, and does exactly what it says. */
export class Reader {
  readonly #kept: Map<string, string>;
  readonly #sockets: LiveClient[] = [];
  #told: unknown[] = [];

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
    if (step.kind === 'event') return this.#nextEvent(step);
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

  async #running(): Promise<number> {
    const reply = await fetch(`${this.product.url}/metrics`);
    return Number(/^live_subscriptions (\d+)$/m.exec(await reply.text())?.[1]);
  }

  async #call({ source }: CurlStep): Promise<unknown> {
    const { url, ...request } = curl(filledCommand(source, this.#kept));
    const reply = await fetch(this.#reachable(url), { ...request, redirect: 'manual' });
    if (reply.status >= 400) throw new Error(`${url} answered ${reply.status}: ${await reply.text()}`);
    await this.product.settle();
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

/** Of curl the guides use a URL, headers, a form (`-d`) and JSON (`--json`). */
function curl(command: string): { url: string; method: string; headers: Record<string, string>; body: string | null } {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
  const call = { url: '', method: 'GET', headers: {} as Record<string, string>, body: null as string | null };
  const content = (type: string, body: string) => {
    Object.assign(call, { method: 'POST', body });
    call.headers['content-type'] = type;
  };
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (/^https?:/.test(word)) call.url = word;
    else if (word === '-s') continue;
    else {
      at += 1;
      if (word === '--json') content('application/json', value);
      else if (word === '-d') content('application/x-www-form-urlencoded', value);
      else if (word === '-H') call.headers[value.split(': ')[0] ?? ''] = value.split(': ')[1] ?? '';
      else throw new Error(`the test knows nothing of curl ${word}`);
    }
  }
  return call;
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
