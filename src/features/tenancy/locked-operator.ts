import { LockMode } from '@mikro-orm/core';
import { notFound } from '../../kernel/errors.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Operator } from './operator.entity.js';

/** The unit's own operator, locked until the transaction ends. */
export async function lockedOperator(uow: UnitOfWork): Promise<Operator> {
  const operator = await uow.em.findOne(Operator, { id: uow.operatorId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!operator) throw notFound('operator');
  return operator;
}
