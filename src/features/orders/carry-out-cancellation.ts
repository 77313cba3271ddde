import { unreachable } from '../../kernel/errors.js';
import type { Answer, CancellationCause, Refusal } from '../payment-systems/index.js';
import { applyVoid, type VoidOutcome } from './apply-capture.js';
import { applyRefund, type RefundOutcome } from './apply-refund.js';
import { type Carrier, isRepeatable } from './carrier.js';
import { seePayment } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import type { IntentSnapshot } from './intent.js';
import { intentsOf } from './intents.js';
import { NOT_CARRIED_OUT } from './operations.js';
import { refundFailed } from './order-events.js';
import {
  inFlight,
  isOnOpenPage,
  money,
  type OperationRow,
  type OrderFile,
  paymentOf,
  type TransactionRow,
  transactionsOf,
} from './order-rows.js';

type StepOutcome =
  | { readonly type: 'VOID'; readonly outcome: VoidOutcome }
  | { readonly type: 'REFUND'; readonly outcome: RefundOutcome };

/**
 * Sends the steps of a committed cancellation one after the other, each with
 * its own outcome. A step whose outcome is unknown stops the rest: the
 * reconciler settles it and goes on from there.
 */
export async function carryOutCancellation(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  let current = file;
  for (;;) {
    const { operation, next } = parts(current, operationId);
    if (next?.status !== 'PENDING') return { file: current, operation, toCarryOut: false };
    current = await record(carrier, current, next, await send(carrier, current, operation, next));
  }
}

/** The same for one with a step whose outcome is unknown: looks first, repeats with the same key only while it is remembered. */
export async function resumeCancellation(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  const { operation, steps, next } = parts(file, operationId);
  const processing = steps.find(({ status }) => status === 'PROCESSING');
  const looked = next ? file : await lookAt(carrier, file, processing);
  if (!next) return { file: looked, operation, toCarryOut: false };
  const settled = await record(carrier, file, next, await resume(carrier, file, operation, next));
  return carryOutCancellation(carrier, settled, operationId);
}

/** A refund that is pending for long: its events may have been lost. Nothing but what is seen changes anything. */
async function lookAt(carrier: Carrier, file: OrderFile, step: TransactionRow | undefined): Promise<OrderFile> {
  if (!step) return file;
  const found = await lookForRefund(carrier, file.order.externalPaymentId ?? '', step);
  const seen = found.outcome.kind === 'seen' ? found : ({ type: 'REFUND', outcome: { kind: 'unknown' } } as const);
  return recordStep(carrier, file.order.id, step.id, seen);
}

/** Records one step's outcome, wherever it was learnt. */
export async function recordStep(
  carrier: Pick<Carrier, 'units' | 'operatorId'>,
  orderId: string,
  transactionId: string,
  { type, outcome }: StepOutcome,
): Promise<OrderFile> {
  const { file } = await carrier.units.sql(carrier.operatorId, (tx) =>
    changeOrder(tx, orderId, (file) => {
      const transaction = file.transactions.find(({ id }) => id === transactionId);
      const operation = file.operations.find(({ id }) => id === transaction?.operationId);
      if (!transaction || !operation) throw new Error(`order ${orderId} has no transaction ${transactionId}`);
      if (type === 'VOID') {
        applyVoid({ file, operation, transaction, now: tx.now }, outcome);
        return;
      }
      const returned = applyRefund(file, operation, transaction, outcome, tx.now);
      if (returned) tx.publish(refundFailed(file.order, returned.amount, returned.reason));
    }),
  );
  return file;
}

async function send(
  carrier: Carrier,
  file: OrderFile,
  operation: OperationRow,
  step: TransactionRow,
): Promise<StepOutcome> {
  const { gateway } = carrier;
  const externalId = file.order.externalPaymentId ?? '';
  const reason = causeOf(operation);
  if (step.type === 'VOID') {
    const answer = await voidOrClose(carrier, file, { externalId, reason, key: `${step.id}-void` });
    if (answer.kind === 'done') return { type: 'VOID', outcome: ofClosing(file, answer.value) };
    if (answer.kind === 'refused') return { type: 'VOID', outcome: { kind: 'failed', why: answer.refusal } };
    if (answer.kind === 'unknown' && answer.replayed) return afterReplayedVoid(carrier, file);
    return { type: 'VOID', outcome: { kind: 'unknown' } };
  }
  const answer = await gateway.refund(
    { paymentExternalId: externalId, amount: money(file.order, step.amount), reason, transactionId: step.id },
    `${step.id}-refund`,
  );
  switch (answer.kind) {
    case 'done':
      return { type: 'REFUND', outcome: { kind: 'seen', snapshot: answer.value } };
    case 'refused':
      return { type: 'REFUND', outcome: { kind: 'failed', why: answer.refusal } };
    case 'declined':
      return { type: 'REFUND', outcome: { kind: 'failed', why: { ...answer.decline, keysRejected: false } } };
    case 'busy':
      return { type: 'REFUND', outcome: { kind: 'unknown' } };
    case 'unknown':
      return answer.replayed
        ? lookForRefund(carrier, externalId, step)
        : { type: 'REFUND', outcome: { kind: 'unknown' } };
    default:
      return unreachable(answer);
  }
}

async function resume(
  carrier: Carrier,
  file: OrderFile,
  operation: OperationRow,
  step: TransactionRow,
): Promise<StepOutcome> {
  const externalId = file.order.externalPaymentId ?? '';
  // Also for a suspended operator: giving back what was promised to a payer takes no money.
  const mayRepeat = isRepeatable({ ...carrier, suspended: false }, step);
  if (step.type === 'VOID') {
    const seen = await intentsOf(carrier, file).retrieve(externalId);
    if (seen.kind !== 'done') return { type: 'VOID', outcome: { kind: 'unknown' } };
    const closed = seen.value.state === 'CANCELED';
    // Closing is safe to ask for again whenever it is still open: it moves no money twice.
    return closed
      ? { type: 'VOID', outcome: { kind: 'seen', snapshot: seen.value } }
      : send(carrier, file, operation, step);
  }
  const found = await lookForRefund(carrier, externalId, step);
  const missing = found.outcome.kind === 'failed';
  return missing && mayRepeat ? send(carrier, file, operation, step) : found;
}

async function lookForRefund({ gateway }: Carrier, paymentId: string, step: TransactionRow): Promise<StepOutcome> {
  const listed = await gateway.listRefunds(paymentId);
  if (listed.kind !== 'done') return { type: 'REFUND', outcome: { kind: 'unknown' } };
  const ours = listed.value.find(({ transactionId }) => transactionId === step.id);
  if (ours) return { type: 'REFUND', outcome: { kind: 'seen', snapshot: ours } };
  return { type: 'REFUND', outcome: { kind: 'failed', why: NOT_CARRIED_OUT } };
}

/** What was held or left open goes, whatever it was; a reason is kept where the payment system keeps one. */
function voidOrClose(
  carrier: Carrier,
  file: OrderFile,
  { externalId, reason, key }: { externalId: string; reason: CancellationCause; key: string },
): Promise<Answer<IntentSnapshot>> {
  if (isOnOpenPage(file) || paymentOf(file)?.type === 'VERIFICATION')
    return intentsOf(carrier, file).close(externalId, key);
  return carrier.gateway.voidPayment({ externalId, reason }, key);
}

/** A page that had ended when it was to be closed: its payer was quicker, and nothing was released. */
function ofClosing(file: OrderFile, snapshot: IntentSnapshot): VoidOutcome {
  const wasPaid = isOnOpenPage(file) && snapshot.state !== 'CANCELED';
  return wasPaid ? { kind: 'failed', why: PAID_MEANWHILE } : { kind: 'seen', snapshot };
}

const PAID_MEANWHILE: Refusal = {
  code: 'paid_meanwhile',
  message: 'The payer had paid on the page before it could be closed.',
  keysRejected: false,
};

async function afterReplayedVoid(carrier: Carrier, file: OrderFile): Promise<StepOutcome> {
  const seen = await intentsOf(carrier, file).retrieve(file.order.externalPaymentId);
  if (seen.kind !== 'done') return { type: 'VOID', outcome: { kind: 'unknown' } };
  const closed = seen.value.state === 'CANCELED';
  return {
    type: 'VOID',
    outcome: closed ? { kind: 'seen', snapshot: seen.value } : { kind: 'failed', why: NOT_CARRIED_OUT },
  };
}

async function record(
  carrier: Carrier,
  file: OrderFile,
  step: TransactionRow,
  outcome: StepOutcome,
): Promise<OrderFile> {
  const after = await recordStep(carrier, file.order.id, step.id, outcome);
  if (outcome.outcome.kind === 'failed' && outcome.outcome.why.keysRejected) await carrier.checkKeys();
  const refused = outcome.type === 'VOID' && outcome.outcome.kind === 'failed';
  return refused && !inFlight(after) ? seePayment(carrier, after) : after;
}

function causeOf({ reason, request }: OperationRow): CancellationCause {
  if (request.closeAs === 'EXPIRED') return 'ABANDONED';
  return reason === 'PAYER' || reason === 'FRAUD' || reason === 'DUPLICATE' ? reason : 'MERCHANT';
}

function parts(file: OrderFile, operationId: string) {
  const operation = file.operations.find(({ id }) => id === operationId);
  if (!operation) throw new Error(`order ${file.order.id} has no operation ${operationId}`);
  const steps = transactionsOf(file, operation).sort((one, other) => one.position - other.position);
  const next =
    steps.find(({ status }) => status === 'UNKNOWN') ?? steps.find(({ status }) => status === 'PENDING') ?? null;
  return { operation, steps, next };
}
