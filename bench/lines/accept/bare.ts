import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import Stripe from 'stripe';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { RunResult } from '../../support/load.js';
import { type Recorded, recordOneOrder } from '../../support/recorded.js';
import type { ServerSettings, Tenant } from '../../support/world.js';

/**
 * The anchor: one order is accepted by our own code with every statement
 * recorded; then the very same statements are replayed, each transaction in
 * one pipelined round trip, with new ids and numbers, and the same SDK calls
 * between them. Nothing of ours runs in the loop.
 */
const given = settings<ServerSettings & Tenant>();
const pool = pipelinedPool(given.appUrl, 16);
const operatorId = uuidOf('operator', given.operatorId) ?? '';
const merchantId = uuidOf('merchant', given.merchantId) ?? '';
const stripe = new Stripe('sk_test_bench', {
  host: '127.0.0.1',
  port: given.stripePort,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

const ORDER_NUMBER = 'recorded-order';
const KEY = 'recorded-key';
const transactions = await recordOneOrder(
  pool,
  given,
  { operatorId, merchantId },
  { orderNumber: ORDER_NUMBER, key: KEY },
);

serve<{ order: 'cpu' } | { order: 'run'; requests: number; concurrency: number }>({}, (order) =>
  order.order === 'cpu' ? { cpuMicros: cpuMicros() } : run(order.requests, order.concurrency),
);

async function run(requests: number, concurrency: number): Promise<RunResult> {
  const latenciesMs: number[] = [];
  let sent = 0;
  const began = performance.now();
  const lane = async () => {
    while (sent < requests) {
      sent += 1;
      const start = performance.now();
      await oneOrder();
      latenciesMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { seconds: (performance.now() - began) / 1000, latenciesMs, errors: 0, firstError: null, ownCpuShare: 0 };
}

async function oneOrder(): Promise<void> {
  const fresh = freshValues();
  const [first, ...rest] = transactions;
  await replay(first ?? [], fresh);
  const intent = await stripe.paymentIntents.create(
    {
      amount: 10_000,
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      metadata: { order: fresh(newUuid()) as string },
    },
    { idempotencyKey: newUuid() },
  );
  for (const transaction of rest.slice(0, -1)) await replay(transaction, fresh);
  await stripe.paymentIntents.confirm(intent.id, { expand: ['latest_charge'] }, { idempotencyKey: newUuid() });
  await replay(rest.at(-1) ?? [], fresh);
}

/** All statements of a transaction at once, as PostgreSQL's protocol allows. */
async function replay(statements: readonly Recorded[], fresh: (value: unknown) => unknown): Promise<void> {
  const client = await pool.connect();
  try {
    const sent = statements.map(({ name, text, values }) => client.query({ name, text, values: values?.map(fresh) }));
    const answers = await Promise.allSettled(sent);
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed) throw failed.reason;
  } finally {
    client.release();
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** The recorded order's own ids and numbers, replaced by new ones: the same value by the same, throughout one order. */
function freshValues(): (value: unknown) => unknown {
  const replaced = new Map<unknown, unknown>([
    [ORDER_NUMBER, newUuid()],
    [KEY, newUuid()],
  ]);
  for (const constant of constants) replaced.set(constant, constant);
  const fresh = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fresh);
    if (typeof value !== 'string') return value;
    const known = replaced.get(value);
    if (known !== undefined) return known;
    const made = UUID.test(value)
      ? newUuid()
      : /^\d{12}$/.test(value)
        ? String(randomInt(1e11, 9e11))
        : value.startsWith('pi_')
          ? `pi_${newUuid()}`
          : value;
    replaced.set(value, made);
    return made;
  };
  return fresh;
}

function constantsOf(): readonly string[] {
  const insert = transactions.flat().find(({ text }) => text.startsWith('insert into orders'));
  return [operatorId, merchantId, String(insert?.values[4])];
}
const constants = constantsOf();
