import { DomainError } from '../../kernel/errors.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { agreementById, isMadeNumber } from '../agreements/index.js';
import { type LinkedOrder, type OrderRow, orderById } from '../orders/index.js';
import { assertAmountAccepted } from '../payment-systems/index.js';
import type { CheckoutParts } from './checkout-parts.js';
import {
  activeAccounts,
  isOpening,
  type PayableAccount,
  type Seller,
  sellerOf,
  waitingPayment,
} from './checkout-sql.js';
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
  /** Where the payer of what the shop began goes on: their bank's page, or that of the payment system before it. */
  readonly authentication: string | null;
  /** The last card was declined, and the payment system's page is open for another one. */
  readonly wasDeclined: boolean;
  /** What the order was part of has ended, and the order with it. */
  readonly wasClosed: boolean;
  /** The shop's own number of the order; null for one that we made, which says nothing to a payer. */
  readonly shopNumber: string | null;
}

/** The order behind a link as it is now; null for one that there is not. */
export function orderView({ units }: Pick<CheckoutParts, 'units'>, linked: LinkedOrder): Promise<OrderView | null> {
  const { operatorId, orderId } = linked;
  return units.sql(operatorId, async (transaction) => {
    const order = await orderById(transaction, orderId);
    if (!order) return null;
    const [seller, choice, agreement, opening, waiting] = await Promise.all([
      sellerOf(transaction, operatorId, order.merchantId),
      choiceOf(transaction, order),
      order.agreementId === null ? null : agreementById(transaction, order.agreementId),
      order.status === 'PROCESSING' && isOpening(transaction, operatorId, orderId),
      order.status === 'REQUIRES_ACTION' ? waitingPayment(transaction, operatorId, orderId) : null,
    ]);
    // A page that was opened between the two questions leaves an order that was read too early.
    const isStale = order.status === 'PROCESSING' && !opening;
    const current = isStale ? ((await orderById(transaction, orderId)) ?? order) : order;
    if (!seller) return null;
    return {
      operatorId,
      order: current,
      seller,
      choice,
      consent: consentTermsOf(agreement, order),
      isOpening: opening,
      authentication: waiting && !waiting.onPage ? waiting.url : null,
      wasDeclined: waiting?.onPage === true && waiting.declined,
      wasClosed: agreement?.status === 'CANCELED' || order.chargeId !== null,
      shopNumber: agreement && isMadeNumber(agreement, order) ? null : order.orderNumber,
    };
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
