import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { InboxParts } from './inbox-parts.js';
import type { Answer } from './payment-gateway.js';
import type { WebhookAddress } from './webhook-address.js';

/** What connecting, rotating and disconnecting take: they call the payment system between transactions. */
export interface ConnectionParts extends Pick<InboxParts, 'units' | 'system' | 'gateways' | 'onFailure'> {
  readonly address: WebhookAddress;
}

/**
 * Whether orders of the account can still move money by themselves, have an outcome to be found out, or money of which
 * the payment system has still to tell; told by the features that have orders and the ledger.
 */
export type HasUnsettledOrders = (transaction: Transaction, accountId: string) => Promise<boolean>;

export interface DisconnectionParts extends ConnectionParts {
  readonly hasUnsettledOrders: HasUnsettledOrders;
}

/** The value of an answer, or a refusal in the caller's words. Nothing is settled by trying again but what was not answered. */
export function answeredValue<Value>(answer: Answer<Value>, doing: string): Value {
  if (answer.kind === 'done') return answer.value;
  if (answer.kind !== 'refused') {
    throw new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', `the payment system could not be reached while ${doing}`);
  }
  const { keysRejected, message } = answer.refusal;
  throw new DomainError(
    keysRejected ? 'PAYMENT_SYSTEM_REJECTED_KEYS' : 'PAYMENT_SYSTEM_UNAVAILABLE',
    `the payment system refused ${doing}: ${message}`,
  );
}
