import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { keyOf, READ_KEY } from '../../platform/idempotency/idempotently.js';
import { type Answer, accountFor, CARD_DATA_REFUSED } from '../payment-systems/index.js';
import type { Mode } from '../tenancy/index.js';
import type { Carriers } from './carrier.js';
import type { MerchantForOrder, NewPaymentDetails, PaymentGiven } from './new-order.js';
import { MERCHANT_FOR_ORDER } from './orders-sql.js';

export interface CardOwner {
  readonly operatorId: string;
  /** What came with the card: a repetition is answered as before, and its card is not even looked at. */
  readonly idempotency: IdempotentRequest;
  readonly merchantId: string;
  readonly mode: Mode;
  /** The account that the order is with or is to be with; null lets the merchant's default decide. */
  readonly accountId: string | null;
}

/**
 * Card data goes to the payment system and comes back as a token before
 * anything is committed, so that nothing of it can be kept, logged or hashed
 * here. Only certified merchants may send it, and most accounts at a payment
 * system refuse it. Whatever else is paid with passes through as it is. Null
 * where nothing is to be paid: there is no payment, or the request was answered.
 */
export async function withoutCard(
  { units, gateways }: Carriers,
  owner: CardOwner,
  payment: PaymentGiven | null,
): Promise<NewPaymentDetails | null> {
  if (!payment) return null;
  const { credential } = payment;
  if (!('card' in credential)) return { ...payment, credential };
  const { operatorId, idempotency, merchantId, mode, accountId: wantedAccountId } = owner;
  const account = await units.sql(operatorId, async (transaction) => {
    if (await isRepetition(transaction, idempotency)) return null;
    const [merchant] = await transaction.query<MerchantForOrder>(MERCHANT_FOR_ORDER, [operatorId, merchantId]);
    if (!merchant?.pciDssCertified) throw notAllowed('this merchant is not marked as PCI DSS certified');
    const merchantDefaultId = merchant.defaultAccountId;
    return accountFor(transaction, { operatorId, mode, wantedAccountId, merchantDefaultId });
  });
  if (!account) return null;
  const answer = await gateways.gatewayFor(account).tokenizeCard(credential.card, newUuid());
  if (answer.kind === 'done') {
    return { ...payment, credential: { token: answer.value.token, externalCustomerId: null } };
  }
  throw refusalOf(answer);
}

async function isRepetition(transaction: Transaction, request: IdempotentRequest): Promise<boolean> {
  if (request.key == null) return false;
  const kept = await transaction.query(READ_KEY, keyOf(transaction, request));
  return kept.length > 0;
}

/** By its code alone: a message about card data may repeat some of it. */
function refusalOf(answer: Exclude<Answer<{ readonly token: string }>, { kind: 'done' }>): DomainError {
  if (answer.kind === 'declined') return unusable(answer.decline.code);
  if (answer.kind === 'refused') {
    const { code, keysRejected } = answer.refusal;
    if (code === CARD_DATA_REFUSED) {
      return notAllowed('the payment system does not accept card data for this account');
    }
    if (!keysRejected) return unusable(code);
    return new DomainError('PAYMENT_SYSTEM_REJECTED_KEYS', "the payment system does not accept the account's keys");
  }
  return new DomainError(
    'PAYMENT_SYSTEM_UNAVAILABLE',
    'the payment system did not answer; nothing was kept, try again',
  );
}

function unusable(code: string): DomainError {
  return new DomainError('CREDENTIAL_UNUSABLE', `payment.credential.card: ${code}`);
}

function notAllowed(why: string): DomainError {
  return new DomainError(
    'CARD_DATA_NOT_ALLOWED',
    `payment.credential.card: ${why}; pay with a token of the payment system`,
  );
}
