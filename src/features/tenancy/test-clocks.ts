import type { OperatorClocks } from '../../kernel/clock.js';
import type { Sql } from '../../platform/database/sql.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { allTestClocks } from './test-clocks-sql.js';

export const TEST_CLOCK_ADVANCED = 'operator.test_clock_advanced';

/** At the start of a process, when it listens to events already, so that no move is missed between. */
export async function loadTestClocks(system: Sql, clocks: OperatorClocks): Promise<void> {
  for (const { operatorId, moves } of await allTestClocks(system)) clocks.take(operatorId, moves);
}

/** Takes in a move, here or in another process; true when it is news. To be told of every event of the log. */
export function followTestClock(
  clocks: OperatorClocks,
  { type, subjectId, payload }: Pick<DomainEvent, 'type' | 'subjectId' | 'payload'>,
): boolean {
  if (type !== TEST_CLOCK_ADVANCED) return false;
  return clocks.move(subjectId, { fromMs: Number(payload.fromMs), aheadMs: Number(payload.aheadMs) });
}
