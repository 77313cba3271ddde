import { Gauge, type Registry } from 'prom-client';
import { madeAt } from '../../kernel/ids.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';

/** Few as a rule: an index has only what is waited for. */
const UNKNOWN = statement(
  'transactions_unknown',
  `select count(*)::int as count, min(id::text) as oldest from transactions
   where due_at is not null and status = 'UNKNOWN'`,
);

export interface UnknownMeter {
  readonly count: Gauge;
  readonly oldestSeconds: Gauge;
}

export function unknownMeter(registry: Registry): UnknownMeter {
  const registers = [registry];
  return {
    count: new Gauge({
      name: 'orders_unknown',
      help: 'Calls to payment systems whose outcome is not known, of all operators.',
      registers,
    }),
    oldestSeconds: new Gauge({
      name: 'orders_unknown_oldest_seconds',
      help: 'How long ago the oldest of them was begun; 0 without any.',
      registers,
    }),
  };
}

/** For whoever watches: unknown is a state that ends by itself, and a person should hear of it where it does not. */
export async function countUnknown(system: Sql, meter: UnknownMeter, now: Date): Promise<void> {
  const [found] = await system.query<{ count: number; oldest: string | null } & Row>(UNKNOWN);
  meter.count.set(found?.count ?? 0);
  meter.oldestSeconds.set(found?.oldest ? Math.max(0, (now.getTime() - madeAt(found.oldest).getTime()) / 1000) : 0);
}
