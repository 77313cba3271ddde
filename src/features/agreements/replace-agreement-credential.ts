import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Carriers, createOrder, type OrderFile, type PaymentGiven } from '../orders/index.js';
import { type AgreementCaller, agreementById, assertAgreementVisible } from './agreement-once.js';
import { Faults } from './agreement-plan.js';
import { type AgreementRow, isEnded } from './agreement-rows.js';
import { lockedAgreement, note } from './change-agreement.js';

export interface CredentialReplacement {
  readonly agreementId: string;
  readonly payment: PaymentGiven;
  /** Decimal; null checks the new means of payment without taking money. */
  readonly amount: string | null;
  readonly orderNumber: string | null;
  readonly returnUrl: string | null;
}

/**
 * The payer agrees anew, with another means of payment: a payment or a check
 * under the same agreement. Until it succeeds the old one stays.
 */
export async function replaceAgreementCredential(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: CredentialReplacement,
  idempotency: IdempotentRequest,
): Promise<{ readonly agreement: AgreementRow; readonly file: OrderFile }> {
  const { operatorId } = caller;
  const { agreementId, payment, returnUrl } = wanted;
  const known = await carriers.units.sql(operatorId, (transaction) => agreementById(transaction, agreementId));
  assertAgreementVisible(known, caller);
  const { merchantId, mode, accountId, payerId, reference, metadata } = known;
  const file = await createOrder(
    carriers,
    caller,
    {
      merchantId,
      mode,
      accountId,
      orderNumber: wanted.orderNumber ?? `${reference}-new-${newUuid().slice(-8)}`,
      amount: amountOf(known, wanted.amount),
      captureMode: 'AUTOMATIC',
      description: null,
      saveCredential: true,
      payer: { id: payerId },
      payment,
      returnUrl,
      callbackUrl: null,
      expiresAt: null,
      metadata,
      agreement: async (transaction, { orderNumber }) => {
        const { agreement } = await lockedAgreement(transaction, agreementId);
        if (isEnded(agreement)) {
          throw new DomainError('ILLEGAL_TRANSITION', `cannot renew an agreement that is ${agreement.status}`);
        }
        const text = `Another means of payment was asked for, by order ${orderNumber}`;
        note(transaction, agreementId, 'CREDENTIAL', text, caller.keyId);
        return agreementId;
      },
    },
    idempotency,
  );
  const agreement = await carriers.units.sql(operatorId, (transaction) => agreementById(transaction, agreementId));
  return { agreement, file };
}

function amountOf({ currency }: AgreementRow, text: string | null): Money {
  const faults = new Faults(currency);
  const amount = faults.amount(['amount'], text);
  if (text !== null && amount && amount.minor <= 0n) faults.add(['amount'], `must be more than 0, not ${amount}`);
  faults.throwIfAny();
  return amount ?? Money.of(0n, currency);
}
