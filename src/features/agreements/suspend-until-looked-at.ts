import type { AgreementType } from '../../kernel/agreement-type.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { AgreementFile } from './agreement-rows.js';
import { AGREEMENT_BY_ID } from './agreements-sql.js';
import { advanceIfPossible, changeAgreement } from './change-agreement.js';
import type { AgreementStatus } from './domain/agreement-status.js';

interface LookAt {
  readonly agreementId: string;
  /** False: it is looked at and left as it is. */
  readonly suspend: boolean;
}

/** An agreement under which something was paid that is not here. */
interface AgreementToLookAt {
  readonly type: AgreementType;
  /** Before it was suspended, if it was. */
  readonly status: AgreementStatus;
  readonly isSuspended: boolean;
  /** `resumeAgreement` charges no part and no period that was paid, whatever was paid since. */
  readonly isResumable: boolean;
}

/**
 * Suspends an agreement of which something is not right, so that it is charged
 * nothing until a person resumes it. One that is not in force needs nothing; null
 * of one that is not there.
 */
export function suspendUntilLookedAt(
  units: UnitsOfWork,
  operatorId: string,
  { agreementId, suspend }: LookAt,
): Promise<AgreementToLookAt | null> {
  return units.sql(operatorId, async (transaction) => {
    const found = await transaction.query(AGREEMENT_BY_ID, [operatorId, agreementId]);
    if (found.length === 0) return null;
    const { result } = await changeAgreement(transaction, agreementId, null, (file) => {
      const { agreement } = file;
      const { type, status } = agreement;
      const isResumable = isOpenEnded(file) && !isBehind(file);
      if (suspend && status !== 'SUSPENDED') advanceIfPossible(agreement, 'suspend', 'REQUESTED');
      return { type, status, isSuspended: agreement.status === 'SUSPENDED', isResumable };
    });
    return result;
  });
}

/** It owes nothing but what its next date asks for: no number of payments, no list of amounts. */
function isOpenEnded({ agreement: { type, numberOfPayments, chargeMode } }: AgreementFile): boolean {
  return type !== 'INSTALLMENT' && numberOfPayments === null && chargeMode !== 'SEQUENCE';
}

/** What is open is tried again as soon as it is resumed. */
function isBehind({ agreement, charges }: AgreementFile): boolean {
  return agreement.status === 'PAST_DUE' || charges.some(({ status }) => status === 'OPEN');
}
