import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { lockedOperator } from './locked-operator.js';
import type { Operator } from './operator.entity.js';

/** Opens a suspended operator again: its keys work as before, except those revoked meanwhile. */
export async function resumeOperator(uow: UnitOfWork, request: IdempotentRequest | null = null): Promise<Operator> {
  const operator = await lockedOperator(uow);
  const resume = async () => {
    if (operator.resume()) {
      uow.publish({ type: 'operator.resumed', subjectId: operator.id, merchantId: null, payload: {} });
    }
    return { result: {}, value: operator };
  };
  return idempotently(uow, request, resume, async () => operator);
}
