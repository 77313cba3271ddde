import { later } from '../../kernel/clock.js';
import { type Row, statement } from '../../platform/database/sql.js';
import type { InboxParts } from './inbox-parts.js';
import { forgetEvents } from './inbox-sql.js';

/** Long after a payment system would repeat an event, and as long as it can be asked for there. */
const KEPT_MS = 30 * 24 * 3_600_000;

const OPERATORS = statement('inbox_operators', 'select id from operators');

/** Deletes events that were processed long ago, or were never ours. Failed ones stay, for a person. */
export async function forgetOldInboxEvents({ system, units }: Pick<InboxParts, 'system' | 'units'>): Promise<number> {
  const before = later(units.clock.now(), -KEPT_MS);
  let forgotten = 0;
  for (const { id } of await system.query<{ id: string } & Row>(OPERATORS)) {
    forgotten += await units.sql(id, (transaction) => forgetEvents(transaction, before));
  }
  return forgotten;
}
