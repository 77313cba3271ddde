import { DomainError } from '../../kernel/errors.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { assertVisible, type Carriers, changeOrder, type GivenTerms, type OrderFile } from '../orders/index.js';
import { assertAmountsAccepted } from './accepted-amounts.js';
import { type AgreementCaller, agreementOnce } from './agreement-once.js';
import type { GivenChargeAmount, GivenSchedule } from './agreement-plan.js';
import type { AgreementRow } from './agreement-rows.js';
import { CREDENTIAL_FOR_AGREEMENT } from './agreements-sql.js';
import { advance, insertAgreement } from './change-agreement.js';
import { chargingMerchant } from './charging-merchant.js';
import { newAgreement } from './new-agreement.js';
import type { CredentialForCharge } from './open-attempt.js';

export interface AgreementFromOrder {
  readonly orderId: string;
  readonly terms: GivenTerms;
  readonly chargeAmount: GivenChargeAmount | null;
  readonly schedule: GivenSchedule | null;
}

/** Statuses in which the payer has paid, or let an amount be held: all that a first transaction has to be. */
const PAID: ReadonlySet<string> = new Set([
  'AUTHORIZED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PARTIALLY_REFUNDED',
  'VERIFIED',
]);

/** Makes an agreement of what a payer has paid before: its order is the first of the series. */
export function createAgreementFromOrder(
  { units }: Carriers,
  caller: AgreementCaller,
  wanted: AgreementFromOrder,
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  return agreementOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { result } = await changeOrder(transaction, wanted.orderId, async (file) => {
      assertVisible(file.order, caller);
      assertPaid(file);
      const { merchantId, mode, accountId, payerId, credentialId, currency } = file.order;
      const key = [transaction.operatorId, credentialId];
      const [credential] = credentialId
        ? await transaction.query<CredentialForCharge>(CREDENTIAL_FOR_AGREEMENT, key)
        : [];
      if (credential?.status !== 'ACTIVE' || !payerId) throw notSaved();

      const { timeZone } = await chargingMerchant(transaction, merchantId);
      const { chargeAmount, schedule, terms: given } = wanted;
      const plan = { given, currency, chargeAmount, schedule, installments: null, topUp: null };
      const agreement = newAgreement(plan, { merchantId, mode, accountId, payerId }, timeZone, transaction.now);
      await assertAmountsAccepted(transaction, agreement);
      agreement.credentialId = credential.id;
      agreement.firstCitAt = file.order.createdAt;
      agreement.firstCitReference = file.order.billNumber;
      advance(agreement, 'establish');
      insertAgreement(transaction, { agreement, charges: [] }, caller.keyId);
      // From now on a hold that is let go takes the agreement with it.
      file.order.agreementId = agreement.id;
      return agreement;
    });
    return result;
  });
}

function assertPaid({ order }: OrderFile): void {
  if (order.source === 'MERCHANT') {
    throw new DomainError(
      'NEW_CIT_REQUIRED',
      'orderId: the order was a charge without its payer; an agreement begins with a transaction that the payer made',
    );
  }
  if (order.agreementId) {
    throw new DomainError(
      'AGREEMENT_MISMATCH',
      'orderId: the order is the first of another agreement already, and a series of payments keeps to one; the payer agrees to another with createAgreement',
    );
  }
  if (PAID.has(order.status)) return;
  if (order.status === 'PROCESSING' || order.status === 'REQUIRES_ACTION') {
    throw new DomainError(
      'OUTCOME_PENDING',
      `orderId: the order is ${order.status}; an agreement needs a settled payment`,
    );
  }
  throw new DomainError('ILLEGAL_TRANSITION', `orderId: cannot make an agreement of an order that is ${order.status}`);
}

function notSaved(): DomainError {
  return new DomainError(
    'NEW_CIT_REQUIRED',
    'orderId: what the order was paid with was not kept for later charges; the payer has to pay or verify anew with createAgreement. Orders made with saveCredential: true are kept',
  );
}
