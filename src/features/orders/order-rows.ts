import type { AgreementType } from '../../kernel/agreement-type.js';
import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { NextActionSnapshot } from '../payment-systems/index.js';
import type { Language } from './domain/language.js';
import type { OperationStatus, OperationType, TransactionType } from './domain/operation-state.js';
import { type CaptureMode, heldAmount, type OrderStatus } from './domain/order-status.js';
import type { StoredOnFile } from './domain/scheme-rules.js';

/** An order as `orders-sql.ts` reads it: the columns of the table under their names in the code. */
export type OrderRow = {
  id: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  accountId: string;
  payerId: string | null;
  orderNumber: string;
  billNumber: string;
  description: string | null;
  status: OrderStatus;
  closedAs: 'CANCELED' | 'EXPIRED' | null;
  captureMode: CaptureMode;
  currency: Currency;
  amount: bigint;
  authorized: bigint;
  captured: bigint;
  refunded: bigint;
  voided: bigint;
  disputed: bigint;
  source: TransactionSource | null;
  storedOnFile: StoredOnFile | null;
  saveCredential: boolean;
  /** The agreement that the order's payment establishes or is a charge under. */
  agreementId: string | null;
  /** The charge of the agreement that this order is an attempt at. */
  chargeId: string | null;
  /** The invoice that the order is to pay. */
  invoiceId: string | null;
  /** What is stored of what it was paid with. */
  credentialId: string | null;
  /** Paid from a bank account, whether that is stored or not. */
  byDebit: boolean;
  externalPaymentId: string | null;
  /** In which language the payer reads; null: their browser says. */
  language: Language | null;
  /** The caller, or the merchant's default, says which account is paid through: the payer has no choice. */
  accountFixed: boolean;
  multicapture: boolean;
  incrementable: boolean;
  captureBefore: Date | null;
  captureWarnedAt: Date | null;
  expiresAt: Date | null;
  returnUrl: string | null;
  callbackUrl: string | null;
  metadata: Record<string, unknown>;
  dueAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

export type OperationRow = {
  id: string;
  orderId: string;
  type: OperationType;
  status: OperationStatus;
  amount: bigint;
  reason: string | null;
  request: OperationRequest;
  nextAction: NextActionSnapshot | null;
  declineCode: string | null;
  declineMessage: string | null;
  retryAdvice: string | null;
  createdAt: Date;
  finishedAt: Date | null;
};

/** What was asked for, frozen when it was accepted, so that a repetition is the same request. */
export type OperationRequest = {
  /** Payments: the payment system's token and whose it is. */
  readonly token?: string;
  readonly externalCustomerId?: string | null;
  readonly by?: 'PAYER' | 'PAYER_REMOTE' | 'MERCHANT';
  readonly store?: boolean;
  readonly returnUrl?: string | null;
  readonly receiptEmail?: string | null;
  /** The agreement as the payment system is told of it: its public id. */
  readonly agreement?: { readonly id: string; readonly type: AgreementType };
  /** Made again because the last attempt was declined for want of funds. */
  readonly resubmission?: boolean;
  /** How the payer accepted that a bank account is debited; the moment as text, for it is kept as JSON. */
  readonly mandate?: {
    readonly acceptedAt: string;
    readonly ipAddress: string | null;
    readonly userAgent: string | null;
  };
  /** A payment that the payer makes on a page of the payment system, and what that was opened with. */
  readonly page?: PageRequest;
  /** Captures: whether the rest of the hold is released. */
  readonly final?: boolean;
  /** Closing an unpaid order: what it becomes. */
  readonly closeAs?: 'CANCELED' | 'EXPIRED';
  /** Only the attempt is closed: the order stays open for another one. */
  readonly makesRoom?: boolean;
  /** Made at the payment system by other means than ours. */
  readonly elsewhere?: boolean;
};

/** Moments as text, for it is kept as JSON. */
export interface PageRequest {
  readonly language: Language;
  readonly title: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
  /** What the payer agrees to with the payment, as the page shows it. */
  readonly consent: string | null;
  readonly expiresAt: string;
}

export type TransactionRow = {
  id: string;
  orderId: string;
  operationId: string;
  position: number;
  type: TransactionType;
  status: OperationStatus;
  amount: bigint;
  externalId: string | null;
  /** The page at the payment system on which it is carried out: `cs_…`. Null where none is. */
  pageExternalId: string | null;
  checks: number;
  dueAt: Date | null;
  createdAt: Date;
  finishedAt: Date | null;
};

export type DisputeRow = {
  id: string;
  orderId: string;
  externalId: string;
  status: 'OPEN' | 'WON' | 'LOST';
  amount: bigint;
  reason: string | null;
  evidenceDueAt: Date | null;
  createdAt: Date;
};

/** An order with all that was ever done to it; loaded under the order's lock when it is to be changed. */
export interface OrderFile {
  readonly order: OrderRow;
  readonly operations: OperationRow[];
  readonly transactions: TransactionRow[];
}

export function money(order: Pick<OrderRow, 'currency'>, minor: bigint): Money {
  return Money.of(minor, order.currency);
}

/** Nobody has paid yet, and somebody still may. */
export function isUnpaid({ status }: OrderRow): boolean {
  return status === 'CREATED' || status === 'REQUIRES_ACTION';
}

/** What may still be captured. */
export function capturable(order: OrderRow): Money {
  return money(order, heldAmount(order));
}

/** What may still be refunded. */
export function refundable(order: OrderRow): Money {
  return money(order, order.captured - order.refunded);
}

/**
 * The attempt that counts: the one that is alive or has succeeded, of which the
 * database allows one; else the last. Not simply the last: ids are in the order
 * of clocks, and those of two machines differ.
 */
export function paymentOf(file: OrderFile): OperationRow | null {
  const payments = file.operations.filter(({ type }) => type === 'PAYMENT' || type === 'VERIFICATION');
  return payments.find(({ status }) => !isOver(status)) ?? payments.at(-1) ?? null;
}

/** It came to nothing, and another attempt has room. */
function isOver(status: OperationStatus): boolean {
  return status === 'DECLINED' || status === 'FAILED' || status === 'CANCELED';
}

export function transactionsOf(file: OrderFile, operation: OperationRow): TransactionRow[] {
  return file.transactions.filter(({ operationId }) => operationId === operation.id);
}

/** Whether the payer pays on a page of the payment system; until that ends, several cards may be tried. */
export function isByPage({ request }: Pick<OperationRow, 'request'>): boolean {
  return request.page !== undefined;
}

/** Its payer has a page open, or may have. */
export function isOnOpenPage(file: OrderFile): boolean {
  const payment = paymentOf(file);
  return payment !== null && isByPage(payment) && payment.finishedAt === null;
}

/** The operation whose outcome is not known yet, if there is one. The database allows no second. */
export function inFlight(file: OrderFile): OperationRow | null {
  return file.operations.find(({ status }) => status === 'PENDING' || status === 'UNKNOWN') ?? null;
}
