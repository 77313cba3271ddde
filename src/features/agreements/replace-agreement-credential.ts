import { DomainError } from '../../kernel/errors.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Carriers, createOrder, type OrderFile, type PaymentGiven } from '../orders/index.js';
import { accountOf } from '../payment-systems/index.js';
import { type AgreementCaller, agreementById, assertAgreementVisible, isRepetition } from './agreement-once.js';
import { Faults } from './agreement-plan.js';
import { type AgreementRow, isEnded } from './agreement-rows.js';
import { lockedAgreement, note } from './change-agreement.js';
import { closeOpenOrders, type OpenOrder } from './close-open-orders.js';
import { renewalNumber } from './order-numbers.js';

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
 * under the same agreement. Until it succeeds the old one stays, and what was
 * asked for before and still waits for the payer is closed.
 */
export async function replaceAgreementCredential(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: CredentialReplacement,
  idempotency: IdempotentRequest,
): Promise<{ readonly agreement: AgreementRow; readonly file: OrderFile }> {
  const { operatorId } = caller;
  const { agreementId, payment, returnUrl } = wanted;
  const known = await carriers.units.sql(operatorId, async (transaction) => {
    const known = await agreementById(transaction, agreementId);
    assertAgreementVisible(known, caller);
    if (!(await isRepetition(transaction, idempotency))) await assertRenewable(transaction, known);
    return known;
  });
  const { merchantId, mode, accountId, payerId, metadata } = known;
  const file = await createOrder(
    carriers,
    caller,
    {
      merchantId,
      mode,
      accountId,
      orderNumber: wanted.orderNumber ?? renewalNumber(known),
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
        await assertRenewable(transaction, agreement);
        const text = `Another means of payment was asked for, by order ${orderNumber}`;
        note(transaction, agreementId, 'CREDENTIAL', text, caller.keyId);
        return agreementId;
      },
    },
    idempotency,
  );
  // What was begun before must not take this one's place when its payer comes back to it.
  const isOlder = ({ id, chargeId }: OpenOrder) => chargeId === null && id < file.order.id;
  await closeOpenOrders(carriers, { operatorId, agreementId }, isOlder);
  const agreement = await carriers.units.sql(operatorId, (transaction) => agreementById(transaction, agreementId));
  return { agreement, file };
}

/** Asked before a card is exchanged for a token, and again under the agreement's lock. */
async function assertRenewable(transaction: Transaction, { status, accountId }: AgreementRow): Promise<void> {
  if (isEnded({ status })) {
    throw new DomainError('ILLEGAL_TRANSITION', `cannot renew an agreement that is ${status}`);
  }
  const account = await accountOf(transaction, transaction.operatorId, accountId);
  if (account.status !== 'DISCONNECTED') return;
  throw new DomainError(
    'PAYMENT_SYSTEM_UNAVAILABLE',
    "the agreement's payment system account is disconnected, and an agreement cannot be moved to another one: cancelAgreement ends it, and the payer agrees anew with createAgreement at another account",
    [],
    false,
  );
}

function amountOf({ currency }: AgreementRow, text: string | null): Money {
  const faults = new Faults(currency);
  const amount = faults.amount(['amount'], text);
  if (text !== null && amount && amount.minor <= 0n) faults.add(['amount'], `must be more than 0, not ${amount}`);
  faults.throwIfAny();
  return amount ?? Money.of(0n, currency);
}
