import { later } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import type { Statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { postOrderChange } from '../ledger/index.js';
import { nextDueAt } from './domain/due.js';
import { heldAmount, orderStatus } from './domain/order-status.js';
import { operationChanged, orderStatusChanged } from './order-events.js';
import {
  isByPage,
  isUnpaid,
  type OperationRow,
  type OrderFile,
  type OrderRow,
  paymentOf,
  type TransactionRow,
} from './order-rows.js';
import {
  INSERT_OPERATION,
  INSERT_TRANSACTION,
  LOCK_ORDER,
  OPERATIONS_OF_ORDER,
  TRANSACTIONS_OF_ORDER,
  UPDATE_OPERATION,
  UPDATE_ORDER,
  UPDATE_TRANSACTION,
} from './orders-sql.js';

/**
 * The only way an order changes: its row is locked, all that was done to it is
 * loaded, `change` decides on the file in memory, and whatever differs after is
 * written with the events that tell of it. The status is derived, never set.
 */
export async function changeOrder<Result>(
  transaction: Transaction,
  orderId: string,
  change: (file: OrderFile) => Result | Promise<Result>,
): Promise<{ readonly file: OrderFile; readonly result: Result }> {
  const file = await lockedFile(transaction, orderId);
  const before = structuredClone(file);
  const result = await change(file);
  keepOwnDeadline(transaction, before.order, file.order);
  saveChanges(transaction, before, file);
  // Money that moved is posted with the fact.
  const posting = postOrderChange(transaction, before.order, file.order);
  if (posting) await posting;
  return { file, result };
}

/**
 * Until when money is held is told in the payment system's time. Where the
 * operator's clock is ahead it is put into the operator's, once: the distance
 * may grow, and the hold would last longer with every look.
 */
function keepOwnDeadline({ now, realNow }: Transaction, before: OrderRow, order: OrderRow): void {
  const aheadMs = now.getTime() - realNow.getTime();
  if (aheadMs > 0 && order.captureBefore)
    order.captureBefore = before.captureBefore ?? later(order.captureBefore, aheadMs);
}

/** Locked also where it is only read: three statements without the lock could each show another moment. */
export async function lockedFile(transaction: Transaction, orderId: string): Promise<OrderFile> {
  const key = [transaction.operatorId, orderId];
  const [[order], operations, transactions] = await Promise.all([
    transaction.query<OrderRow>(LOCK_ORDER, key),
    // Sent with the lock and answered after it, so they show what the last holder of the lock wrote.
    transaction.query<OperationRow>(OPERATIONS_OF_ORDER, key),
    transaction.query<TransactionRow>(TRANSACTIONS_OF_ORDER, key),
  ]);
  if (!order) throw notFound('order');
  return { order, operations, transactions };
}

function saveChanges(transaction: Transaction, before: OrderFile, file: OrderFile): void {
  const { operatorId, now } = transaction;
  // Not awaited: they travel with the commit, which fails if one of them does.
  const send = (statement: Statement, parameters: unknown[]) => void transaction.query(statement, parameters);

  settleOrder(file, now);
  const known = new Map(before.operations.map((operation) => [operation.id, operation]));
  for (const operation of file.operations) {
    const old = known.get(operation.id);
    if (old && !differs(old, operation)) continue;
    if (old) send(UPDATE_OPERATION, operationUpdate(operatorId, old, operation));
    else send(INSERT_OPERATION, operationInsert(operatorId, operation));
    // What only makes room for another attempt nobody has asked for.
    const isNews = old?.status !== operation.status && !operation.request.makesRoom;
    if (isNews) transaction.publish(operationChanged(file.order, operation));
  }
  const knownTransactions = new Map(before.transactions.map((each) => [each.id, each]));
  for (const each of file.transactions) {
    const old = knownTransactions.get(each.id);
    if (!old) send(INSERT_TRANSACTION, transactionInsert(operatorId, each));
    else if (differs(old, each)) send(UPDATE_TRANSACTION, transactionUpdate(operatorId, old, each));
  }
  if (differs(before.order, file.order)) send(UPDATE_ORDER, orderUpdate(operatorId, file.order, now));
  if (before.order.status !== file.order.status)
    transaction.publish(orderStatusChanged(before.order.status, file.order));
}

/** Derives what follows from the facts: the status, and when time alone will change something. */
function settleOrder(file: OrderFile, now: Date): void {
  const { order } = file;
  const last = paymentOf(file);
  const payment = last && !cameToNothing(last) ? last : null;
  order.status = orderStatus({
    ...order,
    payment: payment && { type: payment.type === 'VERIFICATION' ? 'VERIFICATION' : 'PAYMENT', status: payment.status },
  });
  order.dueAt = dueAt(order, now);
  order.updatedAt = now;
}

/** An attempt that was ended to make room, or a page that could not be opened: unless the order was closed with it, it is as if nobody had tried. */
function cameToNothing(payment: OperationRow): boolean {
  return payment.status === 'CANCELED' || (payment.status === 'FAILED' && isByPage(payment));
}

/** When time alone will change something about the order. */
export function dueAt(order: OrderRow, now: Date): Date | null {
  return nextDueAt({ ...order, unpaid: isUnpaid(order), held: heldAmount(order) }, order.dueAt, now);
}

/** `updatedAt` alone is no change. */
function differs<Item extends object>(before: Item, after: Item): boolean {
  return Object.entries(after).some(([key, value]) => key !== 'updatedAt' && !same(value, before[key as keyof Item]));
}

function same(left: unknown, right: unknown): boolean {
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (typeof left !== 'object' || left === null) return left === right;
  return JSON.stringify(left) === JSON.stringify(right);
}

export function operationInsert(operatorId: string, operation: OperationRow): unknown[] {
  const { id, orderId, type, status, amount, reason, request, createdAt, finishedAt } = operation;
  return [operatorId, id, orderId, type, status, amount, reason, JSON.stringify(request), createdAt, finishedAt];
}

export function transactionInsert(operatorId: string, transaction: TransactionRow): unknown[] {
  const { id, orderId, operationId, position, type, status, amount, externalId, dueAt, createdAt, finishedAt } =
    transaction;
  return [
    operatorId,
    id,
    orderId,
    operationId,
    position,
    type,
    status,
    amount,
    externalId,
    dueAt,
    createdAt,
    finishedAt,
  ];
}

function operationUpdate(operatorId: string, old: OperationRow, operation: OperationRow): unknown[] {
  const { id, status, nextAction, declineCode, declineMessage, retryAdvice, finishedAt } = operation;
  const action = nextAction && JSON.stringify(nextAction);
  return [operatorId, id, old.status, status, action, declineCode, declineMessage, retryAdvice, finishedAt];
}

function transactionUpdate(operatorId: string, old: TransactionRow, transaction: TransactionRow): unknown[] {
  const { id, status, externalId, pageExternalId, dueAt, checks, finishedAt } = transaction;
  return [operatorId, id, old.status, status, externalId, dueAt, checks, finishedAt, pageExternalId];
}

function orderUpdate(operatorId: string, order: OrderRow, now: Date): unknown[] {
  return [
    operatorId,
    order.id,
    order.status,
    order.closedAs,
    order.authorized,
    order.captured,
    order.refunded,
    order.voided,
    order.disputed,
    order.externalPaymentId,
    order.multicapture,
    order.incrementable,
    order.captureBefore,
    order.captureWarnedAt,
    order.source,
    order.storedOnFile,
    order.dueAt,
    now,
    order.payerId,
    order.credentialId,
    order.agreementId,
    order.accountId,
    order.byDebit,
  ];
}
