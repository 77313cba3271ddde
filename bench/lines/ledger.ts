import pg from 'pg';
import { uuidOf } from '../../src/kernel/ids.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { startWorld } from '../support/world.js';

const ORDERS = 500;
const CONCURRENCY = 8;
const VARIANTS = ['without', 'with'] as const;
const TRIGGERS = ['orders_are_posted', 'orders_begin_posted'];

interface Captured {
  readonly seconds: number;
  readonly cpuMicros: number;
}

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
      const { seconds, cpuMicros } = await capturer.ask<Captured>(order);
      const entries = (await entriesIn(owner)) - before;
      const expected = posted ? 2 * ORDERS : 0;
      if (entries !== expected) throw new Error(`${entries} entries were posted, not ${expected}`);
      return { rate: ORDERS / seconds, cpu: cpuMicros / ORDERS };
    });
    const rates = { with: results.with.map(({ rate }) => rate), without: results.without.map(({ rate }) => rate) };
    const cpus = { with: results.with.map(({ cpu }) => cpu), without: results.without.map(({ cpu }) => cpu) };
    const inWords = ({ with: w, without }: typeof rates, unit: string) =>
      `${median(w).toFixed(0)} / ${median(without).toFixed(0)} ${unit}`;
    return [
      {
        line: 'ledger',
        what: 'captures, throughput',
        beside: 'without posting',
        ratio: spread(ratiosOf(rates.with, rates.without)),
        target: '',
        met: null,
        figures: inWords(rates, 'captures a second of one merchant'),
      },
      {
        line: 'ledger',
        what: 'captures, CPU of Node',
        beside: 'without posting',
        ratio: spread(ratiosOf(cpus.with, cpus.without)),
        target: '',
        met: null,
        figures: inWords(cpus, 'µs a capture'),
      },
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
