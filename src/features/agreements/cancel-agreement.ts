import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers } from '../orders/index.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import type { AgreementRow } from './agreement-rows.js';
import { advance, changeAgreement } from './change-agreement.js';
import { closeOpenOrders } from './close-open-orders.js';
import { giveUpAll } from './record-outcome.js';

/** Ends an agreement for good. What waits for its payer is closed; what was charged stays charged. */
export async function cancelAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  { agreementId }: { readonly agreementId: string },
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  const { operatorId } = caller;
  const agreement = await agreementOnce(carriers.units, operatorId, idempotency, async (transaction) => {
    const { file } = await changeAgreement(transaction, agreementId, caller.keyId, (file) => {
      assertAgreementVisible(file.agreement, caller);
      if (file.agreement.status === 'CANCELED') return;
      advance(file.agreement, 'cancel');
      giveUpAll(transaction, file, 'AGREEMENT_ENDED');
    });
    return file.agreement;
  });
  await closeOpenOrders(carriers, { operatorId, agreementId }, () => true);
  return agreement;
}
