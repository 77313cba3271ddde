import type { ClockMove } from '../../kernel/clock.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';

type TestClockRow = { readonly operatorId: string; readonly moves: ClockMove[] };

/** What really was when is asked of recent moments; for older ones the first that is kept tells it well enough. */
const MOVES_KEPT = 100;

const ALL = statement('test_clocks_all', 'select operator_id as "operatorId", moves from test_clocks');

const OF_OPERATOR = statement(
  'test_clock_of_operator',
  'select operator_id as "operatorId", moves from test_clocks where operator_id = $1',
);

const KEEP = statement(
  'test_clock_keep',
  `insert into test_clocks (operator_id, ahead_ms, moves, moved_at) values ($1, $2, $3, $4)
   on conflict (operator_id) do update
     set ahead_ms = excluded.ahead_ms, moves = excluded.moves, moved_at = excluded.moved_at`,
);

/** Across operators, so through the system role. */
export function allTestClocks(system: Sql): Promise<TestClockRow[]> {
  return system.query<TestClockRow>(ALL);
}

/** The moves of the transaction's operator so far; the first says that there was a time before them. */
export async function movesOf(transaction: Transaction): Promise<readonly ClockMove[]> {
  const [row] = await transaction.query<TestClockRow>(OF_OPERATOR, [transaction.operatorId]);
  return row?.moves ?? [{ fromMs: 0, aheadMs: 0 }];
}

export async function keepMoves(transaction: Transaction, moves: readonly ClockMove[]): Promise<void> {
  const kept = moves.slice(-MOVES_KEPT);
  const { operatorId, realNow } = transaction;
  await transaction.query(KEEP, [operatorId, kept.at(-1)?.aheadMs, JSON.stringify(kept), realNow]);
}
