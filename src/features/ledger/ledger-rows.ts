import type { Currency } from '../../kernel/currency.js';
import type { MovementKind, PaymentSystemMode } from '../payment-systems/index.js';
import type { Account, PostingKind } from './domain/accounts.js';
import type { OrderMoney } from './domain/order-money.js';

/** An order, as far as the ledger must know it. */
export interface PostedOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: PaymentSystemMode;
  readonly accountId: string;
  readonly currency: Currency;
}

/** How far the ledger is with an order, as `ledger-sql.ts` reads it. */
export type LedgerOrderRow = OrderMoney & {
  readonly orderId: string;
  readonly merchantId: string;
  readonly mode: PaymentSystemMode;
  readonly accountId: string;
  readonly currency: Currency;
  /** What of the captures and refunds the payment system's movements have told of. */
  readonly capturedMoved: bigint;
  readonly refundedMoved: bigint;
  readonly postings: number;
  readonly awaitedSince: Date | null;
};

/** What a posting is about; all that is absent has nothing to do with it. */
export interface PostingCause {
  readonly mode: PaymentSystemMode;
  readonly occurredAt: Date;
  readonly merchantId?: string | null;
  readonly accountId?: string | null;
  readonly orderId?: string | null;
  readonly number?: number | null;
  readonly movementId?: string | null;
  readonly payoutId?: string | null;
  readonly settlementId?: string | null;
}

export type MovementRow = {
  readonly id: string;
  readonly accountId: string;
  readonly mode: PaymentSystemMode;
  readonly externalId: string;
  readonly kind: MovementKind;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly currency: Currency;
  readonly original: bigint;
  readonly originalCurrency: Currency;
  readonly availableAt: Date;
  readonly occurredAt: Date;
  readonly description: string | null;
  readonly sourceExternalId: string | null;
  readonly paymentExternalId: string | null;
  readonly orderId: string | null;
  readonly payoutId: string | null;
  readonly status: 'WAITING' | 'POSTED';
  readonly dueAt: Date | null;
  readonly createdAt: Date;
};

/** One line of a posting with what the posting is about. */
export type EntryRow = {
  readonly postingId: string;
  readonly line: number;
  readonly transactionId: string;
  readonly mode: PaymentSystemMode;
  readonly kind: PostingKind;
  readonly account: Account;
  readonly merchantId: string | null;
  readonly accountId: string | null;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly occurredAt: Date;
  readonly postedAt: Date;
  readonly orderId: string | null;
  readonly movementId: string | null;
  readonly payoutId: string | null;
  readonly settlementId: string | null;
};
