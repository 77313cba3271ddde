import type { Registry } from 'prom-client';
import type { Clock } from '../../kernel/clock.js';
import { madeAt } from '../../kernel/ids.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import { readGauges } from '../../platform/metrics/read-gauges.js';

/** Few as a rule: an index has only what is waited for. */
const UNKNOWN = statement(
  'transactions_unknown',
  `select count(*)::int as count, min(id::text) as oldest from transactions
   where due_at is not null and status = 'UNKNOWN'`,
);

/** For whoever watches: unknown is a state that ends by itself, and a person should hear of it where it does not. */
export function meterUnknown(registry: Registry, system: Sql, clock: Clock): void {
  readGauges(registry, () => countUnknown(system, clock), [
    {
      name: 'orders_unknown',
      help: 'Calls to payment systems whose outcome is not known, of all operators.',
      of: ({ count }) => count,
    },
    {
      name: 'orders_unknown_oldest_seconds',
      help: 'How long ago the oldest of them was begun; 0 without any.',
      of: ({ oldestSeconds }) => oldestSeconds,
    },
  ]);
}

async function countUnknown(system: Sql, clock: Clock): Promise<{ count: number; oldestSeconds: number }> {
  const [found] = await system.query<{ count: number; oldest: string | null } & Row>(UNKNOWN);
  const began = found?.oldest ? madeAt(found.oldest).getTime() : null;
  const oldestSeconds = began === null ? 0 : Math.max(0, (clock.now().getTime() - began) / 1000);
  return { count: found?.count ?? 0, oldestSeconds };
}
