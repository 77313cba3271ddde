import { Balancer } from './balancer.js';

/** Orders that come at a steady rate, whether or not those before were answered: as from many shops. */
export interface LoadOrder {
  readonly urls: readonly string[];
  /** Of merchants, taken in turn. */
  readonly keys: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Begins the order numbers and idempotency keys: `<name>-1` and so on. */
  readonly name: string;
  /** How long a failure is tried again; 0: every failure counts. */
  readonly patienceMs: number;
}

/** `underWay`: an earlier try has the key, and is not done. */
export type Outcome = 'accepted' | 'RATE_LIMITED' | 'OVERLOADED' | 'underWay' | 'failed';

export interface Sent {
  readonly number: string;
  /** Since the first was to be sent. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly outcome: Outcome;
  /** How often the connection was lost or refused before the answer. */
  readonly losses: number;
  /** The key that it was sent with, by its place in `keys`. */
  readonly key: number;
}

export interface LoadResult {
  readonly sent: readonly Sent[];
  /** By the wall clock. */
  readonly beganAt: number;
  /** The first answers that are neither an order nor a refusal for the sake of others. */
  readonly failures: readonly string[];
  /** Share of one core that the sender used: near 1 it was too slow itself. */
  readonly ownCpuShare: number;
}

const TICK_MS = 4;
const FAILURES_TOLD = 10;

const CREATE_ORDER = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderPayload { order { id status } } ... on Problem { code message } } }`;

export async function openLoad(order: LoadOrder): Promise<LoadResult> {
  const balancer = new Balancer(order.urls, order.patienceMs);
  const failures: string[] = [];
  const total = Math.round(order.perSecond * order.seconds);
  const underWay: Promise<Sent>[] = [];
  const cpuBefore = process.cpuUsage();
  const beganAt = Date.now();
  const began = performance.now();
  while (underWay.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * order.perSecond) + 1);
    while (underWay.length < due) underWay.push(one(balancer, order, { index: underWay.length, began, failures }));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  const sent = await Promise.all(underWay);
  await balancer.close();
  const { user, system } = process.cpuUsage(cpuBefore);
  const ownCpuShare = (user + system) / 1000 / (performance.now() - began);
  return { sent, beganAt, failures, ownCpuShare };
}

interface Place {
  readonly index: number;
  readonly began: number;
  readonly failures: string[];
}

async function one(balancer: Balancer, { keys, name }: LoadOrder, { index, began, failures }: Place): Promise<Sent> {
  const number = `${name}-${index + 1}`;
  const key = index % keys.length;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${keys[key]}` };
  const input = {
    orderNumber: number,
    amount: { amount: '10.00', currency: 'USD' },
    payment: { credential: { token: 'pm_card_visa' } },
    idempotencyKey: number,
  };
  const startedAt = performance.now();
  const done = (outcome: Outcome, losses: number): Sent => {
    return { number, key, atMs: startedAt - began, tookMs: performance.now() - startedAt, outcome, losses };
  };
  const body = JSON.stringify({ query: CREATE_ORDER, variables: { input } });
  try {
    const { text, status, losses } = await balancer.post('/graphql', headers, body);
    const outcome = outcomeOf(text);
    if (outcome === 'failed' && failures.length < FAILURES_TOLD) failures.push(`${number}: ${status} ${text}`);
    return done(outcome, losses);
  } catch (error) {
    if (failures.length < FAILURES_TOLD) failures.push(`${number}: ${error}`);
    return done('failed', 1);
  }
}

function outcomeOf(text: string): Outcome {
  if (text.includes('"createOrder":{"order":{"id":"')) return 'accepted';
  if (text.includes('"RATE_LIMITED"')) return 'RATE_LIMITED';
  if (text.includes('"IDEMPOTENCY_KEY_IN_USE"')) return 'underWay';
  return text.includes('"OVERLOADED"') ? 'OVERLOADED' : 'failed';
}
