import { DomainError } from '../../kernel/errors.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type LinkedOrder, type OrderRow, orderById } from '../orders/index.js';
import { assertAmountAccepted } from '../payment-systems/index.js';
import type { CheckoutParts } from './checkout-parts.js';
import { activeAccounts, isOpening, type PayableAccount, type Seller, sellerOf } from './checkout-sql.js';
import { consentTermsOf } from './consent-of.js';
import type { ConsentTerms } from './domain/consent.js';

/** All that the pages of an order show of it. */
export interface OrderView {
  readonly operatorId: string;
  readonly order: OrderRow;
  readonly seller: Seller;
  /** Among which the payer may choose; empty where there is nothing to choose. */
  readonly choice: readonly PayableAccount[];
  readonly consent: ConsentTerms | null;
  readonly isOpening: boolean;
}

/** The order behind a link as it is now; null for one that there is not. */
export function orderView({ units }: Pick<CheckoutParts, 'units'>, linked: LinkedOrder): Promise<OrderView | null> {
  const { operatorId, orderId } = linked;
  return units.sql(operatorId, async (transaction) => {
    const order = await orderById(transaction, orderId);
    if (!order) return null;
    const [seller, choice, consent, opening] = await Promise.all([
      sellerOf(transaction, operatorId, order.merchantId),
      choiceOf(transaction, order),
      consentTermsOf(transaction, order),
      order.status === 'PROCESSING' && isOpening(transaction, operatorId, orderId),
    ]);
    // A page that was opened between the two questions leaves an order that was read too early.
    const isStale = order.status === 'PROCESSING' && !opening;
    const current = isStale ? ((await orderById(transaction, orderId)) ?? order) : order;
    return seller && { operatorId, order: current, seller, choice, consent, isOpening: opening };
  });
}

/** The accounts that would take the order's amount, where the payer may choose and there is more than one. */
async function choiceOf(transaction: Transaction, order: OrderRow): Promise<readonly PayableAccount[]> {
  if (order.accountFixed || order.agreementId !== null) return [];
  const accounts = await activeAccounts(transaction, transaction.operatorId, order.mode);
  const fitting = accounts.filter((account) => takes(account, order));
  return fitting.length > 1 ? fitting : [];
}

function takes(account: PayableAccount, order: OrderRow): boolean {
  try {
    if (order.amount > 0n) assertAmountAccepted(account, Money.of(order.amount, order.currency));
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
