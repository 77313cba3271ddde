import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { lockedOperator } from './locked-operator.js';
import type { Operator } from './operator.entity.js';

/** Closes the unit's operator. The row is locked first, so that two at once announce it once. */
export async function suspendOperator(uow: UnitOfWork, request: IdempotentRequest | null = null): Promise<Operator> {
  const operator = await lockedOperator(uow);
  const suspend = async () => {
    if (operator.suspend()) {
      uow.publish({ type: 'operator.suspended', subjectId: operator.id, merchantId: null, payload: {} });
    }
    return { result: {}, value: operator };
  };
  return idempotently(uow, request, suspend, async () => operator);
}
