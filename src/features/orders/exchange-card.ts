import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { accountFor } from '../payment-systems/index.js';
import type { Mode } from '../tenancy/index.js';
import type { Carriers } from './carrier.js';
import type { MerchantForOrder, NewPaymentDetails, PaymentGiven } from './new-order.js';
import { MERCHANT_FOR_ORDER } from './orders-sql.js';

export interface CardOwner {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly mode: Mode;
  /** The account that the order is with or is to be with; null lets the merchant's default decide. */
  readonly accountId: string | null;
}

/**
 * Card data goes to the payment system and comes back as a token before
 * anything is committed, so that nothing of it can be kept, logged or hashed
 * here. Only certified merchants may send it, and most accounts at a payment
 * system refuse it. Whatever else is paid with passes through as it is.
 */
export async function withoutCard(
  { units, gateways }: Carriers,
  owner: CardOwner,
  payment: PaymentGiven | null,
): Promise<NewPaymentDetails | null> {
  if (!payment) return null;
  const { credential } = payment;
  if (!('card' in credential)) return { ...payment, credential };
  const { operatorId, merchantId, mode, accountId: wantedAccountId } = owner;
  const account = await units.sql(operatorId, async (transaction) => {
    const [merchant] = await transaction.query<MerchantForOrder>(MERCHANT_FOR_ORDER, [operatorId, merchantId]);
    if (!merchant?.pciDssCertified) throw notAllowed('this merchant is not marked as PCI DSS certified');
    const merchantDefaultId = merchant.defaultAccountId;
    return accountFor(transaction, { operatorId, mode, wantedAccountId, merchantDefaultId });
  });
  const answer = await gateways.gatewayFor(account).tokenizeCard(credential.card, newUuid());
  if (answer.kind === 'done') {
    return { ...payment, credential: { token: answer.value.token, externalCustomerId: null } };
  }
  if (answer.kind === 'refused') throw notAllowed('the payment system does not accept card data for this account');
  if (answer.kind === 'declined') {
    throw new DomainError('CREDENTIAL_UNUSABLE', `payment.credential.card: ${answer.decline.code}`);
  }
  throw new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', 'the payment system did not answer; nothing was kept, try again');
}

function notAllowed(why: string): DomainError {
  return new DomainError(
    'CARD_DATA_NOT_ALLOWED',
    `payment.credential.card: ${why}; pay with a token of the payment system`,
  );
}
