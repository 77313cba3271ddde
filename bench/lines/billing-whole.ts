import type pg from 'pg';
import {
  Again,
  assertCharged,
  counted,
  fillAgreements,
  makeShops,
  ownerOf,
  POSTGRES_FOR_BILLING,
  untilSettled,
} from '../support/agreements.js';
import type { Child } from '../support/children.js';
import { median, percentile, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { type Measured, rates, textOf } from '../support/measured.js';
import type { WorkerState } from '../support/product-worker.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { Sdk } from './billing-whole/bare.js';

const OPERATORS = 2;
/** Of each operator. */
const DUE = scaled(1_200);
const CHARGES = OPERATORS * DUE;
/** What the billing run has on its way at once, of all operators. */
const CONCURRENCY = OPERATORS * 24;
const VARIANTS = ['ours', 'bare'] as const;

interface Whole extends Measured {
  readonly sortedMs: readonly number[];
}

/**
 * The billing run with its charges, at a payment system that takes as long as a
 * real one whatever it has to do, beside the same calls of its SDK in a loop.
 * In every run the same payment takes the same time, so that two percentiles
 * differ by what is ours.
 */
export async function billingWhole(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING, latency: { p50Ms: 120, p99Ms: 380 } });
  try {
    const owner = await ownerOf(ground.ownerUrl);
    for (const shop of await makeShops(ground, OPERATORS))
      await fillAgreements(owner, shop, { all: 5 * DUE, due: DUE });
    const start = (file: string) => ground.start<object>(new URL(file, import.meta.url), ground.settings);
    const worker = await start('../support/product-worker.js');
    const bare = await start('./billing-whole/bare.js');
    const again = await Again.remember(owner);
    const results = await rounds(VARIANTS, ROUNDS, async (name) => {
      await ground.paymentSystem.ask({});
      if (name === 'bare') return bareRun(ground, bare);
      const run = await ours(ground, owner, worker);
      await again.restore();
      return run;
    });
    await owner.end();
    const throughput = ratiosOf(rates(results.ours), rates(results.bare));
    const p99 = (runs: readonly Whole[]) => runs.map(({ sortedMs }) => percentile(sortedMs, 0.99));
    const added = p99(results.ours).map((ms, index) => ms - (p99(results.bare)[index] ?? Number.NaN));
    const whole = { line: 'billing-whole', beside: 'bare loop of the SDK' };
    return [
      {
        ...whole,
        what: 'throughput',
        ratio: spread(throughput),
        target: '≥ 0.8',
        met: median(throughput) >= 0.8,
        figures: `${textOf(results.ours)} / ${textOf(results.bare)}`,
      },
      {
        ...whole,
        what: 'added p99, sent → recorded',
        ratio: `${spread(added, 0)} ms`,
        target: '≤ 10 ms',
        met: median(added) <= 10,
        figures: `${median(p99(results.ours)).toFixed(0)} ms / ${median(p99(results.bare)).toFixed(0)} ms`,
      },
    ];
  } finally {
    await ground.close();
  }
}

async function ours(ground: Ground, owner: pg.Client, worker: Child<object>): Promise<Whole> {
  const before = await counted(owner);
  const began = await worker.ask<WorkerState>({ order: 'state' });
  const postgresBefore = ground.postgresCpu();
  const [start] = (await owner.query<{ ms: number }>(`select ${millis('clock_timestamp()')} as ms`)).rows;
  await worker.ask({ order: 'bill' });
  await untilSettled(owner);
  const postgres = ground.postgresCpu() - postgresBefore;
  const { cpuMicros, departures } = await worker.ask<WorkerState>({ order: 'state' });
  // Two more events of each when it was paid.
  const paid = await paidAt(owner);
  await assertCharged(owner, before, CHARGES, 4);
  const sortedMs = departures
    .map(([orderId, at]) => (paid.get(orderId) ?? Number.NaN) - at)
    .sort((left, right) => left - right);
  if (sortedMs.length !== CHARGES || sortedMs.some(Number.isNaN)) throw new Error('not every charge was paid once');
  return {
    perSecond: CHARGES / ((Math.max(...paid.values()) - (start?.ms ?? 0)) / 1000),
    nodeMicros: (cpuMicros - began.cpuMicros) / CHARGES,
    postgresMicros: postgres / CHARGES,
    sortedMs,
  };
}

/** When each order's payment was committed, of the orders that are not settled history. */
async function paidAt(owner: pg.Client): Promise<ReadonlyMap<string, number>> {
  const { rows } = await owner.query<{ id: string; ms: number }>(
    `select subject_id as id, ${millis('pg_xact_commit_timestamp(transaction_id::xid)')} as ms from events
     where type = 'order.status_changed' and payload ->> 'previousStatus' = 'PROCESSING' and payload ->> 'status' = 'CAPTURED'`,
  );
  return new Map(rows.map(({ id, ms }) => [id, ms]));
}

function millis(moment: string): string {
  return `(extract(epoch from ${moment}) * 1000)::float8`;
}

async function bareRun(ground: Ground, bare: Child<object>): Promise<Whole> {
  const postgresBefore = ground.postgresCpu();
  const { seconds, sortedMs, cpuMicros } = await bare.ask<Sdk>({ charges: CHARGES, concurrency: CONCURRENCY });
  return {
    perSecond: CHARGES / seconds,
    nodeMicros: cpuMicros / CHARGES,
    postgresMicros: (ground.postgresCpu() - postgresBefore) / CHARGES,
    sortedMs,
  };
}
