import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { AGREEMENT_BY_ID } from './agreements-sql.js';
import { advanceIfPossible, changeAgreement } from './change-agreement.js';

/**
 * Suspends an agreement of which something is not right, so that it is charged
 * nothing until a person resumes it. Says whether it did: one that is not in
 * force, or not there, needs nothing.
 */
export function suspendUntilLookedAt(units: UnitsOfWork, operatorId: string, agreementId: string): Promise<boolean> {
  return units.sql(operatorId, async (transaction) => {
    const found = await transaction.query(AGREEMENT_BY_ID, [operatorId, agreementId]);
    if (found.length === 0) return false;
    const { result } = await changeAgreement(transaction, agreementId, null, ({ agreement }) =>
      agreement.status === 'SUSPENDED' ? false : advanceIfPossible(agreement, 'suspend', 'REQUESTED'),
    );
    return result;
  });
}
