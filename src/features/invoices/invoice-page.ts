import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { agreementsOfOrders } from '../agreements/index.js';
import { acceptOrder } from '../orders/index.js';
import { invoiceNeedsPayer } from './charge-invoice-events.js';
import { ORDERS_OF_INVOICE } from './charge-invoice-sql.js';
import { mayBecomeAmountStop } from './domain/charge-stop.js';
import { invoiceNumber } from './domain/invoice-number.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';

export type OrderOfInvoice = { id: string; status: string; amount: bigint; chargeId: string | null; isHeld: boolean };

/** A payer may come back to a link for so long; while the invoice is owed another one is made after it. */
const PAGE_LIFE_MS = 30 * 24 * 60 * 60 * 1000;

/** Accounts come and keys are replaced: nobody is asked to start it again. */
const NO_ACCOUNT_MS = 60 * 60 * 1000;

export function ordersOfInvoice(transaction: Transaction, invoiceId: string): Promise<OrderOfInvoice[]> {
  return transaction.query<OrderOfInvoice>(ORDERS_OF_INVOICE, [transaction.operatorId, invoiceId]);
}

/** The number of the invoice, and from the second order on which one it is. */
export function orderNumberFor(invoice: InvoiceRow, ordersBefore: number): string {
  const number = invoiceNumber(invoice) ?? invoice.id;
  return ordersBefore === 0 ? number : `${number}-${ordersBefore + 1}`;
}

/** Waits for its payer, who alone goes on with it; one that is being paid is not waited for in this way. */
export function isWaiting({ status }: OrderOfInvoice): boolean {
  return status === 'CREATED' || status === 'REQUIRES_ACTION';
}

/**
 * Leaves an owed invoice to its payer: an order without a payment, which is paid
 * by its link. To be called under the invoice's lock. What cannot be paid that
 * way either, such as less than the payment system takes, is told and left.
 */
export async function openInvoicePage(
  transaction: Transaction,
  invoice: InvoiceRow,
  { ordersBefore, isNumberTaken }: { readonly ordersBefore: number; readonly isNumberTaken: boolean },
): Promise<void> {
  const { now } = transaction;
  const number = orderNumberFor(invoice, ordersBefore);
  try {
    const { file } = await acceptOrder(transaction, agreementsOfOrders, {
      merchantId: invoice.merchantId,
      mode: invoice.mode,
      accountId: null,
      orderNumber: isNumberTaken ? `${number}-${newUuid().slice(-6)}` : number,
      amount: money(invoice, amountDue(invoice)),
      captureMode: 'AUTOMATIC',
      description: invoice.title,
      saveCredential: false,
      payer: { id: invoice.payerId },
      payment: null,
      returnUrl: null,
      callbackUrl: null,
      expiresAt: later(now, PAGE_LIFE_MS),
      metadata: {},
      agreement: null,
      invoiceId: invoice.id,
    });
    invoice.orderId = file.order.id;
    invoice.retryAt = null;
    transaction.publish(invoiceNeedsPayer(invoice, file.order.id));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const isPassing = error.code === 'PAYMENT_SYSTEM_UNAVAILABLE';
    invoice.retryAt = isPassing ? later(now, NO_ACCOUNT_MS) : null;
    if (!isPassing) tellNoPage(transaction, invoice, error);
  }
}

const OF_AMOUNT: ReadonlySet<string> = new Set(['AMOUNT_OUT_OF_RANGE', 'CURRENCY_NOT_SUPPORTED', 'INVALID_INPUT']);

/** The merchant hears that nobody can pay it here, rather than wait for a link that never comes. */
function tellNoPage(transaction: Transaction, invoice: InvoiceRow, { code, message }: DomainError): void {
  invoice.chargeStopDetail = message;
  if (OF_AMOUNT.has(code) && mayBecomeAmountStop(invoice.chargeStop)) invoice.chargeStop = 'AMOUNT_NOT_ACCEPTED';
  transaction.publish(invoiceNeedsPayer(invoice, null));
}
