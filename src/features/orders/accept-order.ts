import { randomInt } from 'node:crypto';
import { notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type PayerRow, resolvePayer } from '../payers/index.js';
import { type AccountRow, accountFor, assertAmountAccepted } from '../payment-systems/index.js';
import { dueAt, operationInsert, transactionInsert } from './change-order.js';
import { BILL_NUMBERS, billNumber } from './domain/bill-number.js';
import type { AgreementsOfOrders, MerchantForOrder, NewOrder, OrderTerms } from './new-order.js';
import { openPayment } from './open-payment.js';
import { operationChanged, orderStatusChanged } from './order-events.js';
import type { OrderFile, OrderRow } from './order-rows.js';
import { INSERT_OPERATION, INSERT_ORDER, INSERT_TRANSACTION, MERCHANT_FOR_ORDER } from './orders-sql.js';

export interface Accepted {
  readonly file: OrderFile;
  readonly account: AccountRow;
}

/** What an order is accepted on: the merchant's rules, and the account that it is paid through. */
export interface Terms {
  readonly merchant: MerchantForOrder;
  readonly account: AccountRow;
}

/** An order that nobody has paid is closed after this long, unless it says otherwise. */
const UNPAID_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * Accepts an order, and its payment when it is to be paid now: all of it is
 * committed before the payment system hears of it. That no other live or paid
 * order has the number is the database's promise, not a look-up's.
 */
export async function acceptOrder(
  transaction: Transaction,
  agreements: AgreementsOfOrders,
  wanted: NewOrder,
  terms: Promise<Terms> = termsOf(transaction, wanted),
): Promise<Accepted> {
  const { now } = transaction;
  const { merchantId, mode } = wanted;
  const { merchant, account } = await terms;
  // An order of no money checks a means of payment; there is no least amount for that.
  if (!wanted.amount.isZero()) assertAmountAccepted(account, wanted.amount);
  const payer = wanted.payer ? await resolvePayer(transaction, { merchantId, mode }, wanted.payer) : null;

  const order = newOrder(wanted, account.id, payer, now);
  order.accountFixed = !isOpenToChoice(wanted) || merchant.defaultAccountId !== null;
  const file: OrderFile = { order, operations: [], transactions: [] };
  if (wanted.agreement) order.agreementId = await wanted.agreement(transaction, order);
  if (wanted.payment) {
    await openPayment(transaction, file, {
      payment: wanted.payment,
      payerEmail: payer?.email ?? null,
      allowedSources: merchant.allowedSources,
      agreements,
    });
  }
  insertFile(transaction, file);
  return { file, account };
}

/** Nobody has named the payment system, and nothing is sent yet: its payer may choose. An agreement keeps to one. */
function isOpenToChoice({ accountId, payment, agreement }: NewOrder): boolean {
  return accountId === null && payment === null && agreement === null;
}

/** Reads the terms; whoever needs them hears of a failure, and a repetition, which does not, hears of none. */
export function termsOf(transaction: Transaction, wanted: NewOrder): Promise<Terms> {
  const { operatorId } = transaction;
  const { mode, merchantId, accountId: wantedAccountId } = wanted;
  const merchant = merchantFor(transaction, merchantId);
  const merchantDefaultId = merchant.then(({ defaultAccountId }) => defaultAccountId);
  const payerChooses = isOpenToChoice(wanted);
  const account = accountFor(transaction, { operatorId, mode, wantedAccountId, merchantDefaultId, payerChooses });
  const terms = Promise.all([merchant, account]).then(([merchant, account]) => ({ merchant, account }));
  for (const each of [merchantDefaultId, terms]) each.catch(() => {});
  return terms;
}

async function merchantFor(transaction: Transaction, merchantId: string): Promise<MerchantForOrder> {
  const key = [transaction.operatorId, merchantId];
  const [merchant] = await transaction.query<MerchantForOrder>(MERCHANT_FOR_ORDER, key);
  if (!merchant) throw notFound('merchant');
  return merchant;
}

export function newOrder(
  wanted: OrderTerms,
  accountId: string,
  payer: Pick<PayerRow, 'id'> | null,
  now: Date,
): OrderRow {
  const { amount } = wanted;
  return {
    id: newUuid(),
    merchantId: wanted.merchantId,
    mode: wanted.mode,
    accountId,
    payerId: payer?.id ?? null,
    orderNumber: wanted.orderNumber,
    billNumber: billNumber(randomInt(BILL_NUMBERS)),
    description: wanted.description,
    status: 'CREATED',
    closedAs: null,
    captureMode: wanted.captureMode,
    currency: amount.currency,
    amount: amount.minor,
    authorized: 0n,
    captured: 0n,
    refunded: 0n,
    voided: 0n,
    disputed: 0n,
    source: null,
    storedOnFile: null,
    saveCredential: wanted.saveCredential,
    agreementId: null,
    chargeId: null,
    invoiceId: wanted.invoiceId ?? null,
    credentialId: null,
    byDebit: false,
    externalPaymentId: null,
    language: wanted.language ?? null,
    accountFixed: true,
    multicapture: false,
    incrementable: false,
    captureBefore: null,
    captureWarnedAt: null,
    expiresAt: wanted.expiresAt ?? new Date(now.getTime() + UNPAID_LIFE_MS),
    returnUrl: wanted.returnUrl,
    callbackUrl: wanted.callbackUrl,
    metadata: wanted.metadata,
    dueAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** Not awaited: everything travels with the commit, in one round trip. */
function insertFile(transaction: Transaction, { order, operations, transactions }: OrderFile): void {
  const { operatorId, now } = transaction;
  if (operations.length > 0) order.status = 'PROCESSING';
  order.dueAt = dueAt(order, now);
  void transaction.query(INSERT_ORDER, orderInsert(operatorId, order));
  for (const operation of operations) void transaction.query(INSERT_OPERATION, operationInsert(operatorId, operation));
  for (const each of transactions) void transaction.query(INSERT_TRANSACTION, transactionInsert(operatorId, each));
  transaction.publish(orderStatusChanged(null, order));
  for (const operation of operations) transaction.publish(operationChanged(order, operation));
}

export function orderInsert(operatorId: string, order: OrderRow): unknown[] {
  return [
    operatorId,
    order.id,
    order.merchantId,
    order.mode,
    order.accountId,
    order.payerId,
    order.orderNumber,
    order.billNumber,
    order.description,
    order.status,
    order.captureMode,
    order.currency,
    order.amount,
    order.source,
    order.storedOnFile,
    order.saveCredential,
    order.expiresAt,
    order.returnUrl,
    order.callbackUrl,
    JSON.stringify(order.metadata),
    order.dueAt,
    order.createdAt,
    order.updatedAt,
    order.agreementId,
    order.chargeId,
    order.credentialId,
    order.language,
    order.accountFixed,
    order.invoiceId,
  ];
}
