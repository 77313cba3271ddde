import { DomainError } from '../../kernel/errors.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers } from '../orders/index.js';
import type { AgreementCaller } from './agreement-once.js';
import type { AgreementFile, ChargeRow } from './agreement-rows.js';
import { type AgreementCharged, chargeOnce } from './charge-agreement.js';
import { newCharge } from './open-attempt.js';
import { owedOf } from './pay-off-parts.js';

/**
 * Charges all that is still owed of an instalment plan at once, which completes
 * it, also one that is suspended. Declined, the plan goes on as it was.
 */
export function payOffAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: { readonly agreementId: string; readonly orderNumber: string | null },
  idempotency: IdempotentRequest,
): Promise<AgreementCharged> {
  return chargeOnce(carriers, caller, { ...wanted, alsoSuspended: true }, idempotency, (transaction, file) =>
    payOff(file, transaction.now),
  );
}

function payOff(file: AgreementFile, now: Date): ChargeRow {
  if (file.agreement.type !== 'INSTALLMENT') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `only an INSTALLMENT agreement has a rest to pay off; this one is ${file.agreement.type}: charge it with chargeAgreement, or end it with cancelAgreement`,
    );
  }
  // A part that a bank is still at would be neither in the rest nor out of it.
  if (file.charges.some(({ liveOrderId }) => liveOrderId !== null)) {
    throw new DomainError('OUTCOME_PENDING', 'a part of the plan is being paid; pay off the rest when it is settled');
  }
  const amount = owedOf(file);
  if (amount === 0n) throw new DomainError('ILLEGAL_TRANSITION', 'every part of the plan is paid');
  return newCharge(file, { kind: 'PAY_OFF', number: null, amount, plannedAt: now }, now);
}
