import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers } from '../orders/index.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import type { AgreementRow } from './agreement-rows.js';
import { advance, changeAgreement } from './change-agreement.js';

/** Charges nothing until `resumeAgreement`; what is under way is not called back. */
export function suspendAgreement(
  { units }: Carriers,
  caller: AgreementCaller,
  { agreementId }: { readonly agreementId: string },
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  return agreementOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { file } = await changeAgreement(transaction, agreementId, caller.keyId, ({ agreement }) => {
      assertAgreementVisible(agreement, caller);
      if (agreement.status !== 'SUSPENDED') advance(agreement, 'suspend', 'REQUESTED');
    });
    return file.agreement;
  });
}
