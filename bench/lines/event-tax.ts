import { uuidOf } from '../../src/kernel/ids.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { startWorld } from '../support/world.js';

const ORDERS = 1_000;
const CONCURRENCY = 8;
const VARIANTS = ['without', 'with'] as const;

/** An order's transaction with the events it publishes, beside the same without them. */
export async function eventTax(): Promise<readonly Row[]> {
  const world = await startWorld();
  try {
    const merchant = {
      operatorId: uuidOf('operator', world.tenant.operatorId),
      merchantId: uuidOf('merchant', world.tenant.merchantId),
    };
    const acceptor = await world.start<object>(new URL('./event-tax/acceptor.js', import.meta.url), {
      ...world.settings,
      merchants: [merchant],
    });
    const results = await rounds(VARIANTS, { count: 7, warmUpMs: 10_000 }, async (variant) => {
      const order = { order: 'accept', events: variant === 'with', orders: ORDERS, concurrency: CONCURRENCY };
      const { seconds } = await acceptor.ask<{ seconds: number }>(order);
      return ORDERS / seconds;
    });
    const ratios = ratiosOf(results.with, results.without);
    const figures = `${median(results.with).toFixed(0)} / ${median(results.without).toFixed(0)} orders a second`;
    return [
      {
        line: 'event-tax',
        what: 'throughput',
        beside: 'without events',
        ratio: spread(ratios),
        target: '≥ 0.9',
        met: median(ratios) >= 0.9,
        figures,
      },
    ];
  } finally {
    await world.close();
  }
}
