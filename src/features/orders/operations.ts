import { newUuid } from '../../kernel/ids.js';
import { nextState } from '../../kernel/state-machine.js';
import type { Decline, Refusal } from '../payment-systems/index.js';
import { nextCheckAt } from './domain/due.js';
import {
  isInFlight,
  OPERATION_TRANSITIONS,
  type OperationEvent,
  type OperationStatus,
  type OperationType,
  type TransactionType,
} from './domain/operation-state.js';
import {
  type OperationRequest,
  type OperationRow,
  type OrderFile,
  type TransactionRow,
  transactionsOf,
} from './order-rows.js';

/**
 * Until when the process that claimed a transaction is left alone with it: its
 * calls take a second or two, and with a slow payment system a minute. Where
 * they take longer still, the reconciler asks beside it: the keys and the
 * order's lock make that harmless.
 */
const CLAIM_MS = 90_000;

const ACTION_CHECK_MS = 45 * 1000;

const PROCESSING_CHECK_MS = 24 * 60 * 60 * 1000;

/** What is recorded when the payment system turns out to know nothing of it, and its key can no longer be used. */
export const NOT_CARRIED_OUT: Refusal = {
  code: 'not_carried_out',
  message: 'The payment system did not carry it out, and no money moved by it: ask again.',
  keysRejected: false,
};

interface NewOperation {
  readonly type: OperationType;
  readonly amount: bigint;
  readonly reason?: string | null;
  readonly request: OperationRequest;
}

interface NewTransaction {
  readonly type: TransactionType;
  readonly amount: bigint;
  /** Absent: it is about to be sent. Present: it is already so, and nothing is sent. */
  readonly status?: OperationStatus;
  readonly externalId?: string | null;
}

/** Opens an operation with its transactions on the file. It is committed before anything is sent. */
export function openOperation(
  file: OrderFile,
  wanted: NewOperation,
  transactions: readonly NewTransaction[],
  now: Date,
): OperationRow {
  const operation = newOperation(file.order.id, wanted, now);
  file.operations.push(operation);
  for (const [index, each] of transactions.entries()) {
    file.transactions.push(newTransaction(operation, { ...each, position: index + 1 }, now));
  }
  concludeOperation(file, operation, now);
  return operation;
}

export function newOperation(orderId: string, wanted: NewOperation, now: Date): OperationRow {
  return {
    id: newUuid(),
    orderId,
    type: wanted.type,
    status: 'PENDING',
    amount: wanted.amount,
    reason: wanted.reason ?? null,
    request: wanted.request,
    nextAction: null,
    declineCode: null,
    declineMessage: null,
    retryAdvice: null,
    createdAt: now,
    finishedAt: null,
  };
}

export function newTransaction(
  operation: OperationRow,
  wanted: NewTransaction & { position: number },
  now: Date,
): TransactionRow {
  const status = wanted.status ?? 'PENDING';
  return {
    id: newUuid(),
    orderId: operation.orderId,
    operationId: operation.id,
    position: wanted.position,
    type: wanted.type,
    status,
    amount: wanted.amount,
    externalId: wanted.externalId ?? null,
    pageExternalId: null,
    checks: 0,
    dueAt: status === 'PENDING' ? new Date(now.getTime() + CLAIM_MS) : null,
    createdAt: now,
    finishedAt: status === 'PENDING' ? null : now,
  };
}

/** Moves a transaction on. What is settled stays as it is: an answer that comes twice or late changes nothing. */
export function advance(transaction: TransactionRow, event: OperationEvent, now: Date): boolean {
  if (!(event in OPERATION_TRANSITIONS[transaction.status])) return false;
  transaction.status = nextState(OPERATION_TRANSITIONS, transaction.status, event);
  transaction.dueAt = transaction.status === 'UNKNOWN' ? nextCheckAt(now, transaction.checks) : null;
  keepWaiting(transaction, now);
  transaction.finishedAt = isOpen(transaction.status) ? null : now;
  return true;
}

/**
 * The outcome comes by an event. Should that be lost it is asked for: of a
 * payer who authenticates soon and then ever more rarely, of a bank every day.
 */
export function keepWaiting(transaction: TransactionRow, now: Date): void {
  const pauseMs =
    transaction.status === 'PROCESSING' ? PROCESSING_CHECK_MS : ACTION_CHECK_MS * (transaction.checks + 1);
  if (transaction.status === 'PROCESSING' || transaction.status === 'REQUIRES_ACTION') {
    transaction.dueAt = new Date(now.getTime() + pauseMs);
  }
}

/** The outcome could not be learnt; the reconciler asks again, later each time. */
export function lose(transaction: TransactionRow, now: Date): void {
  if (transaction.status === 'PENDING') advance(transaction, 'lose', now);
  else if (transaction.status === 'UNKNOWN') transaction.dueAt = nextCheckAt(now, transaction.checks);
  else keepWaiting(transaction, now);
}

export function explain(operation: OperationRow, why: Decline | Refusal): void {
  operation.declineCode = why.code;
  operation.declineMessage = why.message;
  operation.retryAdvice = 'advice' in why ? why.advice : null;
}

/** An operation's status follows from its transactions'. */
export function concludeOperation(file: OrderFile, operation: OperationRow, now: Date): void {
  operation.status = statusOf(transactionsOf(file, operation).map(({ status }) => status));
  if (operation.status !== 'REQUIRES_ACTION') operation.nextAction = null;
  operation.finishedAt = isOpen(operation.status) ? null : (operation.finishedAt ?? now);
}

function statusOf(statuses: readonly OperationStatus[]): OperationStatus {
  const first = (wanted: OperationStatus) => statuses.includes(wanted);
  for (const open of ['UNKNOWN', 'PENDING', 'REQUIRES_ACTION', 'PROCESSING'] as const) if (first(open)) return open;
  const succeeded = statuses.filter((status) => status === 'SUCCEEDED').length;
  if (succeeded === statuses.length) return 'SUCCEEDED';
  if (succeeded > 0) return 'PARTIALLY_SUCCEEDED';
  return statuses[0] ?? 'SUCCEEDED';
}

function isOpen(status: OperationStatus): boolean {
  return isInFlight(status) || status === 'REQUIRES_ACTION' || status === 'PROCESSING';
}
