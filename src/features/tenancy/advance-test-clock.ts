import { DomainError } from '../../kernel/errors.js';
import { violatedConstraint } from '../../platform/database/sql.js';
import { AHEAD_MAX_MS } from '../../platform/database/test-clock.entity.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { type ClockTarget, moveTo } from './domain/test-clock.js';
import { lockedOperator } from './locked-operator.js';
import type { Operator } from './operator.entity.js';
import { TEST_CLOCK_ADVANCED } from './test-clocks.js';
import { keepMoves, movesOf } from './test-clocks-sql.js';

/** Moves the time of the unit's operator ahead. Two moves at once come one after the other. */
export async function advanceTestClock(
  uow: UnitOfWork,
  target: ClockTarget,
  request: IdempotentRequest | null = null,
): Promise<Operator> {
  const operator = await lockedOperator(uow);
  const advance = async () => {
    const moves = await movesOf(uow);
    const aheadMs = moves.at(-1)?.aheadMs ?? 0;
    const move = moveTo(target, { realNow: uow.realNow, aheadMs, aheadMaxMs: AHEAD_MAX_MS });
    await keepMoves(uow, [...moves, move]).catch(refuseForLive);
    const payload = { now: new Date(move.fromMs).toISOString(), ...move };
    uow.publish({ type: TEST_CLOCK_ADVANCED, subjectId: operator.id, merchantId: null, payload });
    return { result: {}, value: operator };
  };
  return idempotently(uow, request, advance, async () => operator);
}

function refuseForLive(error: unknown): never {
  if (violatedConstraint(error) !== 'test_clocks_never_live') throw error;
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    'the operator has a live payment system account, and real payers live in real time: move the clock of an operator that only tests',
  );
}
