import {
  applyCapture,
  applyIncrease,
  applyVoid,
  type HoldOutcome,
} from '../../../src/features/orders/apply-capture.js';
import { applyPayment, type PaymentOutcome } from '../../../src/features/orders/apply-payment.js';
import { adoptRefund, applyRefund, type RefundOutcome } from '../../../src/features/orders/apply-refund.js';
import { changeOrder } from '../../../src/features/orders/change-order.js';
import { cancellationPlan } from '../../../src/features/orders/domain/cancellation-plan.js';
import { openOperation } from '../../../src/features/orders/operations.js';
import {
  capturable,
  money,
  type OperationRow,
  type OrderFile,
  type OrderRow,
  paymentOf,
  refundable,
  type TransactionRow,
  transactionsOf,
} from '../../../src/features/orders/order-rows.js';
import { LOCK_ORDER, OPERATIONS_OF_ORDER, TRANSACTIONS_OF_ORDER } from '../../../src/features/orders/orders-sql.js';
import type { PaymentSnapshot, PaymentState, Refusal } from '../../../src/features/payment-systems/payment-gateway.js';
import type { Currency } from '../../../src/kernel/currency.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import type { DomainEvent } from '../../../src/platform/events/domain-event.js';

export const NOON = new Date('2026-11-21T12:00:00Z');
export const IN_A_WEEK = new Date('2026-11-28T12:00:00Z');
export const EUR = 'EUR' as Currency;

export const REFUSED: Refusal = {
  code: 'not_possible',
  message: 'The request cannot be carried out.',
  keysRejected: false,
};
export const DECLINED = {
  kind: 'declined',
  decline: { code: 'insufficient_funds', message: 'Not enough money.', advice: null },
} as const;
export const FAILED = { kind: 'failed', refusal: REFUSED } as const;
export const UNKNOWN = { kind: 'unknown' } as const;

/** A payment as the payment system shows it; what is not said follows from its state. */
export function paymentSeen(
  state: PaymentState,
  those: { of?: bigint; captured?: bigint; capturable?: bigint } & Partial<
    Pick<PaymentSnapshot, 'canceledBecause' | 'multicapture'>
  > = {},
): PaymentSnapshot {
  const amount = those.of ?? 100n;
  const captured = those.captured ?? (state === 'CAPTURED' ? amount : 0n);
  return {
    externalId: 'pi_1',
    state,
    currency: EUR,
    amount: money({ currency: EUR }, amount),
    captured: money({ currency: EUR }, captured),
    capturable: money({ currency: EUR }, those.capturable ?? (state === 'HELD' ? amount - captured : 0n)),
    canceledBecause: state === 'CANCELED' ? (those.canceledBecause ?? 'REQUESTED') : null,
    captureBefore: state === 'HELD' ? IN_A_WEEK : null,
    multicapture: those.multicapture ?? false,
    incrementable: false,
    nextAction: state === 'NEEDS_ACTION' ? { redirectUrl: 'https://bank.example/3ds', clientSecret: 'secret' } : null,
    failure: null,
    credential: null,
    externalCustomerId: null,
    reference: null,
  };
}

/**
 * An order that lives in memory, changed by the very functions that change one
 * in the database, under a transaction that keeps rows in place of sending SQL.
 */
export class OrderOnTheTable {
  file: OrderFile;
  readonly events: DomainEvent[] = [];

  constructor(captureMode: 'AUTOMATIC' | 'MANUAL', amount: bigint) {
    this.file = { order: newOrder(captureMode, amount), operations: [], transactions: [] };
  }

  get order(): OrderRow {
    return this.file.order;
  }

  get operations(): readonly string[] {
    return this.file.operations.map(({ type, status, amount }) => `${type} ${amount} ${status}`);
  }

  get transactions(): readonly string[] {
    return this.file.transactions.map(({ type, status, amount }) => `${type} ${amount} ${status}`);
  }

  /** What was granted, what of it was taken, let go and given back. */
  get amounts() {
    const { authorized, captured, voided, refunded } = this.order;
    return { authorized, captured, voided, refunded };
  }

  async change<Result>(change: (file: OrderFile) => Result, now = NOON): Promise<Result> {
    const file = structuredClone(this.file);
    const rows = new Map<unknown, unknown[]>([
      [LOCK_ORDER, [file.order]],
      [OPERATIONS_OF_ORDER, file.operations],
      [TRANSACTIONS_OF_ORDER, file.transactions],
    ]);
    const published: DomainEvent[] = [];
    const transaction = {
      operatorId: 'operator',
      now,
      realNow: now,
      query: async (statement: unknown) => rows.get(statement) ?? [],
      send: () => {},
      publish: (event: DomainEvent) => published.push(event),
    } as unknown as Transaction;
    const changed = await changeOrder(transaction, file.order.id, change);
    this.file = changed.file;
    this.events.push(...published);
    return changed.result;
  }

  async isPaid(now = NOON): Promise<this> {
    const { amount, captureMode } = this.order;
    const type = captureMode === 'MANUAL' ? 'AUTHORIZATION' : 'SALE';
    await this.change(
      (file) => openOperation(file, { type: 'PAYMENT', amount, request: {} }, [{ type, amount }], now),
      now,
    );
    return this;
  }

  async learns(outcome: PaymentOutcome | PaymentSnapshot, now = NOON): Promise<this> {
    const told = 'kind' in outcome ? outcome : ({ kind: 'seen', snapshot: outcome } as const);
    await this.change((file) => applyPayment(file, told, now), now);
    return this;
  }

  /** Opens the capture of so much; `rest` says that more may follow. */
  async opensCapture(amount: bigint, final = true, now = NOON): Promise<string> {
    const wanted = { type: 'CAPTURE', amount, request: { final } } as const;
    const opened = await this.change((file) => openOperation(file, wanted, [{ type: 'CAPTURE', amount }], now), now);
    return opened.id;
  }

  async opensIncrease(amount: bigint, now = NOON): Promise<string> {
    const wanted = { type: 'AUTHORIZATION_INCREASE', amount, request: {} } as const;
    const opened = await this.change(
      (file) => openOperation(file, wanted, [{ type: 'AUTHORIZATION', amount }], now),
      now,
    );
    return opened.id;
  }

  /** As `cancelOrder` does it: the plan's steps, of which what waits for the capture is done by being written down. */
  async opensCancellation(amount: bigint | null, now = NOON): Promise<string> {
    const opened = await this.change((file) => {
      const { order } = file;
      const steps = cancellationPlan(
        capturable(order),
        refundable(order),
        amount === null ? null : money(order, amount),
      );
      const sum = steps.reduce((total, step) => total + step.amount.minor, 0n);
      for (const step of steps) if (step.effect === 'WITH_CAPTURE') order.voided += step.amount.minor;
      return openOperation(
        file,
        { type: 'CANCELLATION', amount: sum, reason: 'MERCHANT', request: {} },
        steps.map(({ type, amount: { minor }, effect }) => ({
          type,
          amount: minor,
          status: effect === 'WITH_CAPTURE' ? 'SUCCEEDED' : 'PENDING',
        })),
        now,
      );
    }, now);
    return opened.id;
  }

  /** As closing an order does it that nobody has paid yet. */
  async opensClosing(closeAs: 'CANCELED' | 'EXPIRED', now = NOON): Promise<string> {
    const wanted = { type: 'CANCELLATION', amount: this.order.amount, request: { closeAs } } as const;
    const opened = await this.change(
      (file) => openOperation(file, wanted, [{ type: 'VOID', amount: wanted.amount }], now),
      now,
    );
    return opened.id;
  }

  /** Records what came of the operation's transaction of that type. */
  async holdAnswered(operationId: string, outcome: HoldOutcome | PaymentSnapshot, now = NOON): Promise<void> {
    const told = 'kind' in outcome ? outcome : ({ kind: 'seen', snapshot: outcome } as const);
    await this.change((file) => {
      const { operation, transaction } = parts(file, operationId, ['CAPTURE', 'VOID', 'AUTHORIZATION']);
      const apply = { CAPTURE: applyCapture, VOID: applyVoid, AUTHORIZATION: applyIncrease }[
        transaction.type as 'VOID'
      ];
      apply({ file, operation, transaction, now }, told);
    }, now);
  }

  async refundAnswered(operationId: string, outcome: RefundOutcome, now = NOON) {
    return this.change((file) => {
      const { operation, transaction } = parts(file, operationId, ['REFUND']);
      return applyRefund(file, operation, transaction, outcome, now);
    }, now);
  }

  /** As the inbox does it: what is known or came to nothing is not taken in, and what does not fit yet comes again. */
  async refundSeenElsewhere(snapshot: Parameters<typeof adoptRefund>[1], now = NOON): Promise<void> {
    await this.change((file) => {
      const known = file.transactions.some(({ externalId }) => externalId === snapshot.externalId);
      const nothing = snapshot.state === 'FAILED' || snapshot.state === 'CANCELED';
      if (known || nothing || snapshot.amount.isGreaterThan(refundable(file.order))) return;
      adoptRefund(file, snapshot, now);
    }, now);
  }

  get payment(): OperationRow | null {
    return paymentOf(this.file);
  }
}

export function anOrder(captureMode: 'AUTOMATIC' | 'MANUAL' = 'MANUAL', amount = 100n): OrderOnTheTable {
  return new OrderOnTheTable(captureMode, amount);
}

/** An order whose whole amount is held. */
export async function aHeldOrder(amount = 100n): Promise<OrderOnTheTable> {
  const order = await anOrder('MANUAL', amount).isPaid();
  return order.learns(paymentSeen('HELD', { of: amount }));
}

/** An order whose whole amount was captured with its payment. */
export async function aPaidOrder(amount = 100n): Promise<OrderOnTheTable> {
  const order = await anOrder('AUTOMATIC', amount).isPaid();
  return order.learns(paymentSeen('CAPTURED', { of: amount }));
}

export function refundSeen(
  state: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED',
  amount: bigint,
  externalId = 're_1',
) {
  return {
    externalId,
    paymentExternalId: 'pi_1',
    amount: money({ currency: EUR }, amount),
    state,
    failureReason: state === 'FAILED' ? 'lost_or_stolen_card' : null,
    transactionId: null,
    isRelease: false,
  };
}

export function parts(
  file: OrderFile,
  operationId: string,
  types: readonly string[],
): { operation: OperationRow; transaction: TransactionRow } {
  const operation = file.operations.find(({ id }) => id === operationId);
  const transaction = operation && transactionsOf(file, operation).find(({ type }) => types.includes(type));
  if (!operation || !transaction) throw new Error(`no ${types.join(' or ')} in operation ${operationId}`);
  return { operation, transaction };
}

function newOrder(captureMode: 'AUTOMATIC' | 'MANUAL', amount: bigint): OrderRow {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    merchantId: '01890a5d-ac96-774b-bcce-b302099a8058',
    mode: 'TEST',
    accountId: '01890a5d-ac96-774b-bcce-b302099a8059',
    payerId: null,
    orderNumber: 'A-1',
    billNumber: '000000005724',
    description: null,
    status: 'CREATED',
    closedAs: null,
    captureMode,
    currency: EUR,
    amount,
    authorized: 0n,
    captured: 0n,
    refunded: 0n,
    voided: 0n,
    disputed: 0n,
    source: null,
    storedOnFile: null,
    agreementId: null,
    chargeId: null,
    invoiceId: null,
    credentialId: null,
    saveCredential: false,
    language: null,
    accountFixed: true,
    externalPaymentId: null,
    multicapture: false,
    byDebit: false,
    incrementable: false,
    captureBefore: null,
    captureWarnedAt: null,
    expiresAt: null,
    returnUrl: null,
    callbackUrl: null,
    metadata: {},
    dueAt: null,
    createdAt: NOON,
    updatedAt: NOON,
  };
}
