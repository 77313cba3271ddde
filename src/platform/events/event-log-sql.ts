import type pg from 'pg';
import { run, type Sql, type Statement, statement } from '../database/sql.js';
import { cursorOf, type LogPosition } from './event-cursor.js';
import type { FeedEvent } from './feed-event.js';

/** The most that one read returns. A literal in the statements: a plan for any limit would be a plan for none. */
export const BATCH_MAX = 1000;

/**
 * Everything below is decided: no transaction that is still running, and none
 * that starts later, can write an event there. It never moves backwards, so
 * what one reader was shown every later reader finds.
 */
const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())';

const COLUMNS = 'transaction_id, sequence, operator_id, type, subject_id, merchant_id, payload, occurred_at';

const LOG_END = statement('events_log_end', `select ${HORIZON} as transaction_id`);

/**
 * The settled events after a position, and, as a last row without sequence,
 * whether there are committed ones above the horizon: those are due as soon
 * as an older transaction ends, of which nobody will tell us. One statement,
 * because only one snapshot answers both questions for the same moment.
 */
export const SETTLED_AFTER = statement(
  'events_settled_after',
  `(select ${COLUMNS} from events
     where (transaction_id, sequence) > ($1::xid8, $2::bigint) and transaction_id < ${HORIZON}
     order by transaction_id, sequence limit ${BATCH_MAX})
   union all
   (select transaction_id, null, null, null, null, null, null, null from events
     where transaction_id >= ${HORIZON} order by transaction_id limit 1)`,
);

/** One operator's settled events after a position; the row policies would say the same, less quickly. */
export function operatorAfter(limit: number): Statement {
  const bounded = Math.min(Math.max(Math.trunc(limit) || 1, 1), BATCH_MAX);
  return statement(
    `events_operator_after_${bounded}`,
    `select ${COLUMNS} from events
      where operator_id = $1::uuid
        and (transaction_id, sequence) > ($2::xid8, $3::bigint) and transaction_id < ${HORIZON}
      order by transaction_id, sequence limit ${bounded}`,
  );
}

/** A type, not an interface: only types have the index signature that a `Row` needs. */
type EventRow = {
  transaction_id: string;
  sequence: bigint;
  operator_id: string;
  type: string;
  subject_id: string;
  merchant_id: string | null;
  payload: Record<string, unknown>;
  occurred_at: Date;
};

export interface Settled {
  readonly events: readonly FeedEvent[];
  /** Where the next read begins. */
  readonly position: LogPosition;
  /** Events are committed that no reader may see yet. */
  readonly held: boolean;
}

/** The position after which everything is still to come. */
export async function readLogEnd(system: pg.Pool): Promise<LogPosition> {
  const [row] = await run<{ transaction_id: string }>(system, LOG_END);
  return { transactionId: BigInt(row?.transaction_id ?? 0), sequence: 0n };
}

const SNAPSHOT = statement('events_snapshot', 'select pg_current_snapshot()::text as snapshot');

/**
 * Which transactions had committed at this moment. Their numbers alone do not
 * tell: an older one may still be running, and what it writes is yet to come.
 */
export async function readSnapshot(system: pg.Pool): Promise<(transactionId: bigint) => boolean> {
  const [row] = await run<{ snapshot: string }>(system, SNAPSHOT);
  const [, xmax = '0', running = ''] = row?.snapshot.split(':') ?? [];
  const unfinished = new Set(running.split(',').filter(Boolean).map(BigInt));
  return (transactionId) => transactionId < BigInt(xmax) && !unfinished.has(transactionId);
}

/** Across operators, so with the system role. */
export async function readSettled(system: pg.Pool, after: LogPosition): Promise<Settled> {
  const rows = await run<EventRow | { transaction_id: string; sequence: null }>(system, SETTLED_AFTER, inSql(after));
  const settled = rows.filter((row): row is EventRow => row.sequence !== null);
  return {
    events: settled.map(feedEvent),
    position: positionOfRow(settled.at(-1)) ?? after,
    held: settled.length < rows.length,
  };
}

export async function readOperatorAfter(
  reads: Sql & { readonly operatorId: string },
  after: LogPosition,
  limit: number,
): Promise<readonly FeedEvent[]> {
  const rows = await reads.query<EventRow>(operatorAfter(limit), [reads.operatorId, ...inSql(after)]);
  return rows.map(feedEvent);
}

function inSql({ transactionId, sequence }: LogPosition): [string, string] {
  return [String(transactionId), String(sequence)];
}

function positionOfRow(row: EventRow | undefined): LogPosition | null {
  return row ? { transactionId: BigInt(row.transaction_id), sequence: BigInt(row.sequence) } : null;
}

function feedEvent(row: EventRow): FeedEvent {
  return {
    cursor: cursorOf({ transactionId: BigInt(row.transaction_id), sequence: BigInt(row.sequence) }),
    operatorId: row.operator_id,
    type: row.type,
    subjectId: row.subject_id,
    merchantId: row.merchant_id,
    occurredAt: row.occurred_at,
    payload: row.payload,
  };
}
