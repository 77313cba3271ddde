import pg from 'pg';
import { uuidOf } from '../../src/kernel/ids.js';
import { type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { type Measured, measured, rates, textOf } from '../support/measured.js';
import { startWorld } from '../support/world.js';

const ORDERS = 1_000;
const CONCURRENCY = 8;
const VARIANTS = ['without', 'with'] as const;
const TRIGGERS = ['orders_are_posted', 'orders_begin_posted'];

/** The transaction that records a capture, beside the same without what the ledger posts of it and proves. */
export async function ledger(): Promise<readonly Row[]> {
  const world = await startWorld();
  const owner = new pg.Client({ connectionString: world.ownerUrl });
  await owner.connect();
  try {
    const operatorId = uuidOf('operator', world.tenant.operatorId);
    const merchantId = uuidOf('merchant', world.tenant.merchantId);
    const file = new URL('./ledger/capturer.js', import.meta.url);
    const capturer = await world.start<object>(file, { ...world.settings, operatorId, merchantId });
    const results = await rounds(VARIANTS, { count: 7, warmUpMs: 10_000 }, async (variant) => {
      const posted = variant === 'with';
      for (const trigger of TRIGGERS)
        await owner.query(`alter table orders ${posted ? 'enable' : 'disable'} trigger ${trigger}`);
      const before = await entriesIn(owner);
      const order = { posted, orders: ORDERS, concurrency: CONCURRENCY };
      await capturer.ask({ ...order, order: 'accept' });
      const run = await measured(world, [capturer], () => ({ ...order, order: 'capture' }));
      const entries = (await entriesIn(owner)) - before;
      const expected = posted ? 2 * ORDERS : 0;
      if (entries !== expected) throw new Error(`${entries} entries were posted, not ${expected}`);
      return run;
    });
    const figures = `${textOf(results.with)} / ${textOf(results.without)}, one merchant`;
    const row = (what: string, of: (runs: readonly Measured[]) => number[]): Row => ({
      line: 'ledger',
      what,
      beside: 'without posting',
      ratio: spread(ratiosOf(of(results.with), of(results.without))),
      target: '',
      met: null,
      figures,
    });
    return [
      row('captures, throughput', rates),
      row('captures, CPU of Node', (runs) => runs.map(({ nodeMicros }) => nodeMicros)),
      row('captures, CPU of PostgreSQL', (runs) => runs.map(({ postgresMicros }) => postgresMicros)),
    ];
  } finally {
    await owner.end();
    await world.close();
  }
}

async function entriesIn(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ n: number }>('select count(*)::int as n from ledger_entries');
  return rows[0]?.n ?? 0;
}
