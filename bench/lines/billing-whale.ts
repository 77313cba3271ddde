import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import {
  Again,
  countDue,
  fillAgreements,
  makeShops,
  ownerOf,
  POSTGRES_FOR_BILLING,
  putOff,
  untilSettled,
} from '../support/agreements.js';
import { median, percentile, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { startGround } from '../support/world.js';

const SMALL = Math.min(199, scaled(19_900) / 100);
const DUE_OF_SMALL = 20;
const DUE_OF_WHALE = scaled(20_000);
const VARIANTS = ['alone', 'beside the whale'] as const;

interface Waited {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * How long the charges of small operators wait from falling due, all at once,
 * until they are committed, when one operator has a thousand times as many due.
 * One worker, the billing run as it is, and a payment system that takes its time.
 */
export async function billingWhale(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING, latency: { p50Ms: 120, p99Ms: 380 } });
  try {
    const owner = await ownerOf(ground.ownerUrl);
    const [whale, ...small] = await makeShops(ground, SMALL + 1);
    if (!whale) throw new Error('no operator was made');
    await fillAgreements(owner, whale, { all: 5 * DUE_OF_WHALE, due: DUE_OF_WHALE });
    for (const shop of small) await fillAgreements(owner, shop, { all: 5 * DUE_OF_SMALL, due: DUE_OF_SMALL });
    const again = await Again.remember(owner);
    const worker = await ground.start<object>(
      new URL('../support/product-worker.js', import.meta.url),
      ground.settings,
    );
    const results = await rounds(VARIANTS, ROUNDS, async (name) => {
      if (name === 'alone') await putOff(owner, whale.operatorId);
      const [row] = (await owner.query<{ now: Date }>('select clock_timestamp() as now')).rows;
      await worker.ask({ order: 'bill' });
      await untilCharged(owner, whale.operatorId);
      await putOff(owner, whale.operatorId);
      await untilSettled(owner);
      const waited = await waitedOf(owner, whale.operatorId, row?.now ?? new Date());
      await again.restore();
      return waited;
    });
    await owner.end();
    const p99 = (name: (typeof VARIANTS)[number]) => results[name].map(({ p99Ms }) => p99Ms);
    const ratios = ratiosOf(p99('beside the whale'), p99('alone'));
    const textOf = (waited: readonly Waited[]) =>
      `p50 ${median(waited.map(({ p50Ms }) => p50Ms)).toFixed(0)} ms, p99 ${median(waited.map(({ p99Ms }) => p99Ms)).toFixed(0)} ms`;
    return [
      {
        line: 'billing-whale',
        what: `p99 of ${SMALL} small operators, due → committed`,
        beside: 'without the whale',
        ratio: spread(ratios),
        target: '≤ 1.5',
        met: median(ratios) <= 1.5,
        figures: `${textOf(results['beside the whale'])} / ${textOf(results.alone)}`,
      },
    ];
  } finally {
    await ground.close();
  }
}

async function untilCharged(owner: pg.Client, exceptOperatorId: string): Promise<void> {
  const others = 'select count(*)::int as n from agreements where due_at <= now() and operator_id <> $1';
  for (;;) {
    const [row] = (await owner.query<{ n: number }>(others, [exceptOperatorId])).rows;
    if (row?.n === 0) return;
    await pause(100);
  }
}

async function waitedOf(owner: pg.Client, whaleId: string, since: Date): Promise<Waited> {
  const { rows } = await owner.query<{ ms: number }>(
    `select extract(epoch from pg_xact_commit_timestamp(transaction_id::xid) - $2)::float8 * 1000 as ms
     from events where operator_id <> $1 and occurred_at >= $2 and type = 'order.status_changed'
       and payload ->> 'previousStatus' is null order by ms`,
    [whaleId, since],
  );
  const wanted = SMALL * DUE_OF_SMALL;
  if (rows.length !== wanted) throw new Error(`${rows.length} orders of small operators were made, not ${wanted}`);
  if ((await countDue(owner)) > 0) throw new Error('some agreements are still due');
  const sorted = rows.map(({ ms }) => ms);
  return { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}
