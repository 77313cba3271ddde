import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { assertNothingInFlight, assertVisible, type Caller, illegal } from './caller.js';
import { type Carriers, carrierFor, connectedAccount } from './carrier.js';
import { carryOutCancellation } from './carry-out-cancellation.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import { type CancellationStep, cancellationPlan } from './domain/cancellation-plan.js';
import { claimOnce } from './once.js';
import { openOperation } from './operations.js';
import {
  capturable,
  isByPage,
  isUnpaid,
  money,
  type OperationRow,
  type OrderFile,
  type OrderRow,
  paymentOf,
  refundable,
} from './order-rows.js';
import { type AmountWanted, partOf } from './wanted-amount.js';

export const CANCELLATION_REASONS = ['MERCHANT', 'PAYER', 'FRAUD', 'DUPLICATE'] as const;
export type CancellationReason = (typeof CANCELLATION_REASONS)[number];

export interface CancellationWanted {
  readonly orderId: string;
  /** Null cancels everything. */
  readonly amount: AmountWanted;
  readonly reason: CancellationReason;
}

/** Cancels an order or a part of it. How (release, refund, both) is never the caller's choice. */
export async function cancelOrder(
  carriers: Carriers,
  caller: Caller,
  wanted: CancellationWanted,
  idempotency: IdempotentRequest,
): Promise<Claim> {
  const claim = await carriers.units.sql(caller.operatorId, (transaction) =>
    claimOnce(transaction, idempotency, () => claimCancellation(transaction, caller, wanted)),
  );
  return carryOutClaim(carriers, caller.operatorId, claim);
}

/** Sends a cancellation that was claimed and committed, if there is anything to send. */
export async function carryOutClaim(carriers: Carriers, operatorId: string, claim: Claim): Promise<Claim> {
  if (!claim.toCarryOut || !claim.operation) return claim;
  const carrier = await carrierFor(carriers, operatorId, claim.file.order.accountId, claim.account);
  return carryOutCancellation(carrier, claim.file, claim.operation.id);
}

/** Commits to a cancellation; for those above who write down in the same transaction what it is for. */
export async function claimCancellation(
  transaction: Transaction,
  caller: Caller,
  wanted: CancellationWanted,
): Promise<Claim> {
  const { now, operatorId } = transaction;
  const { file, result } = await changeOrder(transaction, wanted.orderId, async (file) => {
    const { order } = file;
    assertVisible(order, caller);
    assertNothingInFlight(file);
    // An order that was never sent anywhere is closed without asking anybody, also when its account is gone.
    const asked =
      order.externalPaymentId === null && !hasOpenPayment(file)
        ? {}
        : { account: await connectedAccount(transaction, order) };
    const part = await partOf(transaction, operatorId, order, wanted.amount);
    if (isUnpaid(order)) return { ...asked, ...cancelUnpaid(file, part, wanted.reason, now) };

    const steps = stepsFor(order, part);
    const amount = steps.reduce((sum, step) => sum + step.amount.minor, 0n);
    const operation = openOperation(
      file,
      { type: 'CANCELLATION', amount, reason: wanted.reason, request: {} },
      // What goes back with the final capture is done by being written down: nothing is sent for it.
      steps.map(({ type, amount, effect }) => ({
        type,
        amount: amount.minor,
        status: effect === 'WITH_CAPTURE' ? 'SUCCEEDED' : 'PENDING',
      })),
      now,
    );
    for (const step of steps) if (step.effect === 'WITH_CAPTURE') order.voided += step.amount.minor;
    return { operation, ...asked, toCarryOut: operation.status === 'PENDING' };
  });
  return { file, ...result };
}

/** The transactions a cancellation of `amount` would make now. */
export function stepsFor(order: OrderRow, amount: Money | null): readonly CancellationStep[] {
  const held = capturable(order);
  const refunds = refundable(order);
  if (held.isZero() && refunds.isZero()) throw illegal(order, 'cancel');
  const steps = cancellationPlan(held, refunds, amount);
  if (order.disputed > 0n && steps.some(({ type }) => type === 'REFUND')) {
    throw new DomainError(
      'ORDER_DISPUTED',
      `the payer's bank disputes ${money(order, order.disputed)} of this order; answer the dispute instead of refunding, or the payer may be paid twice`,
    );
  }
  return steps;
}

/** What `Order.cancellationPlan` shows: the steps, none where there is nothing to cancel. */
export function planOf(order: OrderRow, amount: Money | null): readonly CancellationStep[] {
  if (isUnpaid(order)) assertWhole(order, amount);
  if (order.status === 'REQUIRES_ACTION') return [{ type: 'VOID', amount: money(order, order.amount), effect: 'NOW' }];
  const refunds = refundable(order);
  // A disputed order on a page of plans has none; only who asks for an amount is told why.
  const disputed = order.disputed > 0n && !refunds.isZero() && amount === null;
  const cancellable = !capturable(order).isZero() || !refunds.isZero();
  return cancellable && !disputed ? stepsFor(order, amount) : [];
}

/** Nobody has paid: the order is closed, and so is its payment at the payment system if there is one. */
function cancelUnpaid(file: OrderFile, amount: Money | null, reason: CancellationReason, now: Date) {
  assertWhole(file.order, amount);
  const operation = openClosing(file, 'CANCELED', reason, now);
  return { operation, toCarryOut: operation.status === 'PENDING' };
}

function assertWhole(order: OrderRow, amount: Money | null): void {
  if (!amount || amount.minor === order.amount) return;
  const message = `${amount} is a part of an order that nobody has paid; it can only be cancelled whole (${money(order, order.amount)})`;
  throw invalidInput([{ path: ['amount'], message }]);
}

/** Opens the closing of an unpaid order. Without a payment at the payment system it is done at once. */
export function openClosing(file: OrderFile, closeAs: 'CANCELED' | 'EXPIRED', reason: string | null, now: Date) {
  const { order } = file;
  const sent = hasOpenPayment(file);
  const operation = openOperation(
    file,
    { type: 'CANCELLATION', amount: order.amount, reason, request: { closeAs } },
    sent ? [{ type: 'VOID', amount: order.amount }] : [],
    now,
  );
  if (!sent) order.closedAs = closeAs;
  return operation;
}

function hasOpenPayment(file: OrderFile): boolean {
  const payment = paymentOf(file);
  if (payment && isByPage(payment)) return payment.finishedAt === null;
  return payment !== null && file.order.externalPaymentId !== null;
}

/** Opens the closing of an attempt that waits for its payer, so that the order can be paid in another way. */
export function openMakingRoom(file: OrderFile, now: Date): OperationRow {
  const { amount } = file.order;
  const closing = { type: 'CANCELLATION', amount, reason: null, request: { makesRoom: true } } as const;
  return openOperation(file, closing, [{ type: 'VOID', amount }], now);
}
