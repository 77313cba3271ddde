import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Carriers, expireAttempt } from '../orders/index.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import type { AgreementRow } from './agreement-rows.js';
import { OPEN_ORDERS } from './agreements-sql.js';
import { advance, changeAgreement } from './change-agreement.js';
import { giveUpAll } from './record-outcome.js';

/** Ends an agreement for good. What waits for its payer is closed; what was charged stays charged. */
export async function cancelAgreement(
  { units }: Carriers,
  caller: AgreementCaller,
  { agreementId }: { readonly agreementId: string },
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  const { operatorId } = caller;
  const agreement = await agreementOnce(units, operatorId, idempotency, async (transaction) => {
    const { file } = await changeAgreement(transaction, agreementId, caller.keyId, (file) => {
      assertAgreementVisible(file.agreement, caller);
      if (file.agreement.status === 'CANCELED') return;
      advance(file.agreement, 'cancel');
      giveUpAll(transaction, file, 'AGREEMENT_ENDED');
    });
    return file.agreement;
  });
  // By themselves, because an order's lock comes before its agreement's.
  await units.sql(operatorId, async (transaction) => {
    const open = await transaction.query<{ id: string }>(OPEN_ORDERS, [operatorId, agreementId]);
    for (const { id } of open) await expireAttempt(transaction, id);
  });
  return agreement;
}
