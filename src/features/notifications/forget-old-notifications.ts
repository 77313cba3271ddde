import { later } from '../../kernel/clock.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';

/** Since it arrived or was given up: for so long it can be looked up and sent again. */
const KEPT_MS = 90 * 24 * 3_600_000;

const BATCH = 1_000;

/** Of each operator in one run; the next goes on. */
const BATCHES_MAX = 200;

const OPERATORS = statement('notification_operators', 'select id from operators');

/**
 * Ids are in the order of time, so that the old ones are where the key's index
 * begins. What was sent again meanwhile, or is being so now, stays; whoever
 * sends it again after this finds that it is gone.
 */
const FORGET = statement(
  'notifications_forget',
  `with old as (
     select id from notifications
     where operator_id = $1 and id > $2 and id < $3 and status <> 'PENDING' and coalesce(delivered_at, given_up_at) < $4
     order by id limit ${BATCH} for update skip locked),
   tries as (delete from notification_attempts a using old where a.operator_id = $1 and a.notification_id = old.id)
   delete from notifications n using old where n.operator_id = $1 and n.id = old.id returning n.id`,
);

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Forgets what arrived or was given up long ago, with its tries. Answers how many. */
export async function forgetOldNotifications(system: Sql, units: UnitsOfWork): Promise<number> {
  const before = later(units.clock.now(), -KEPT_MS);
  let forgotten = 0;
  for (const { id } of await system.query<{ id: string }>(OPERATORS)) forgotten += await forgetOf(units, id, before);
  return forgotten;
}

async function forgetOf(units: UnitsOfWork, operatorId: string, before: Date): Promise<number> {
  let [forgotten, after] = [0, FIRST];
  for (let batch = 1; batch <= BATCHES_MAX; batch += 1) {
    const ids = await units.sql(operatorId, (transaction) => forgetBatch(transaction, after, before));
    forgotten += ids.length;
    if (ids.length < BATCH) break;
    after = ids.toSorted().at(-1) ?? after;
  }
  return forgotten;
}

async function forgetBatch(transaction: Transaction, after: string, before: Date): Promise<readonly string[]> {
  const parameters = [transaction.operatorId, after, firstIdOf(before), before];
  return (await transaction.query<{ id: string }>(FORGET, parameters)).map(({ id }) => id);
}

/** No id made at that time or later is before this one: UUIDv7 begins with the milliseconds. */
function firstIdOf(time: Date): string {
  const ms = time.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}-0000-0000-000000000000`;
}
