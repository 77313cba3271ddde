import { DomainError } from '../../kernel/errors.js';
import { publicId } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { disconnect } from './account-changes-sql.js';
import { type AccountFacts, existingAccountFacts } from './account-facts.js';
import type { Caller } from './connect-payment-system.js';
import type { DisconnectionParts, HasUnsettledOrders } from './connection-parts.js';
import { finishDisconnection } from './finish-disconnection.js';

/**
 * Ends the use of an account for good. From the first transaction on nothing
 * new is begun; then its endpoints are removed at the payment system and its
 * secrets here. Should that not succeed now, a sweep finishes it.
 */
export async function disconnectPaymentSystem(
  parts: DisconnectionParts,
  { operatorId, mode }: Caller,
  accountId: string,
  request: IdempotentRequest,
): Promise<AccountFacts> {
  const facts = await parts.units.sql(operatorId, async (transaction) => {
    const before = await existingAccountFacts(transaction, accountId);
    const end = async () => {
      if (before.mode !== mode) {
        throw new DomainError(
          'KEY_MODE_MISMATCH',
          `the account is in ${before.mode} mode, and your API key in ${mode} mode`,
        );
      }
      await endUse(transaction, accountId, parts.hasUnsettledOrders);
      return { result: { accountId }, value: await existingAccountFacts(transaction, accountId) };
    };
    return idempotently(transaction, request, end, () => existingAccountFacts(transaction, accountId));
  });
  await finishDisconnection(parts, operatorId, accountId).catch(parts.onFailure);
  return facts;
}

/** The account first, which waits for orders that are being accepted, then the orders. */
async function endUse(
  transaction: Transaction,
  accountId: string,
  hasUnsettledOrders: HasUnsettledOrders,
): Promise<void> {
  if (!(await disconnect(transaction, accountId))) {
    throw new DomainError('ILLEGAL_TRANSITION', 'the account is disconnected already');
  }
  if (await hasUnsettledOrders(transaction, accountId)) {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      'the account has orders that are being paid, hold money, or whose money the payment system has not told of yet: ' +
        'capture, cancel or wait for them first',
    );
  }
  transaction.publish({
    type: 'payment_system.disconnected',
    subjectId: accountId,
    merchantId: null,
    payload: { accountId: publicId('paymentSystemAccount', accountId) },
  });
}
