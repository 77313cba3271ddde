import type { Answer, PaymentSnapshot } from '../payment-systems/index.js';
import { applyCapture, applyIncrease, type HoldOutcome } from './apply-capture.js';
import { type Carrier, isRepeatable } from './carrier.js';
import { seePayment } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import { NOT_CARRIED_OUT } from './operations.js';
import { money, type OperationRow, type OrderFile, type TransactionRow, transactionsOf } from './order-rows.js';

/** Sends a committed capture and records what came of it. */
export function carryOutCapture(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  return carryOut(carrier, file, operationId, CAPTURE);
}

/** Sends a committed increase of a hold and records what came of it. */
export function carryOutIncrease(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  return carryOut(carrier, file, operationId, INCREASE);
}

/**
 * For one whose outcome is unknown: the payment itself tells whether it was
 * done. If not, the same call is repeated with the same key while the payment
 * system remembers it; after that it never was.
 */
export function resumeCapture(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  return resume(carrier, file, operationId, CAPTURE);
}

export function resumeIncrease(carrier: Carrier, file: OrderFile, operationId: string): Promise<Claim> {
  return resume(carrier, file, operationId, INCREASE);
}

/** One way to change a hold: how it is asked for, how it is told to be done, how it is recorded. */
interface HoldChange {
  readonly ask: (
    carrier: Carrier,
    file: OrderFile,
    operation: OperationRow,
    transaction: TransactionRow,
  ) => Promise<Answer<PaymentSnapshot>>;
  readonly isDone: (file: OrderFile, transaction: TransactionRow, snapshot: PaymentSnapshot) => boolean;
  readonly apply: typeof applyCapture;
}

const CAPTURE: HoldChange = {
  ask: ({ gateway }, { order }, { request }, { id, amount }) =>
    gateway.capture(
      {
        externalId: order.externalPaymentId ?? '',
        amount: money(order, amount),
        final: request.final ?? true,
        transactionId: id,
      },
      `${id}-capture`,
    ),
  isDone: ({ order }, { amount }, snapshot) => snapshot.captured.minor >= order.captured + amount,
  apply: applyCapture,
};

const INCREASE: HoldChange = {
  ask: ({ gateway }, { order }, _operation, { id, amount }) =>
    gateway.raiseHold(
      { externalId: order.externalPaymentId ?? '', total: money(order, order.authorized + amount) },
      `${id}-increase`,
    ),
  isDone: ({ order }, { amount }, snapshot) => snapshot.amount.minor >= order.authorized + amount,
  apply: applyIncrease,
};

async function carryOut(carrier: Carrier, file: OrderFile, operationId: string, change: HoldChange): Promise<Claim> {
  const { operation, transaction } = parts(file, operationId);
  return record(carrier, file, operationId, change, outcomeOf(await change.ask(carrier, file, operation, transaction)));
}

async function resume(carrier: Carrier, file: OrderFile, operationId: string, change: HoldChange): Promise<Claim> {
  const { operation, transaction } = parts(file, operationId);
  const seen = await carrier.gateway.retrievePayment(file.order.externalPaymentId ?? '');
  if (seen.kind !== 'done') return record(carrier, file, operationId, change, { kind: 'unknown' });
  if (change.isDone(file, transaction, seen.value)) {
    return record(carrier, file, operationId, change, { kind: 'seen', snapshot: seen.value });
  }
  if (!isRepeatable(carrier, transaction)) return record(carrier, file, operationId, change, notCarriedOut());

  const answer = await change.ask(carrier, file, operation, transaction);
  // The saved error of a request that, as was just seen, had no effect: it never will have.
  const outcome = answer.kind === 'unknown' && answer.replayed ? notCarriedOut() : outcomeOf(answer);
  return record(carrier, file, operationId, change, outcome);
}

function outcomeOf(answer: Answer<PaymentSnapshot>): HoldOutcome {
  switch (answer.kind) {
    case 'done':
      return { kind: 'seen', snapshot: answer.value };
    case 'declined':
      return { kind: 'declined', why: { ...answer.decline, keysRejected: false } };
    case 'refused':
      return { kind: 'failed', why: answer.refusal };
    default:
      return { kind: 'unknown' };
  }
}

function notCarriedOut(): HoldOutcome {
  return { kind: 'failed', why: NOT_CARRIED_OUT };
}

async function record(
  carrier: Carrier,
  before: OrderFile,
  operationId: string,
  change: HoldChange,
  outcome: HoldOutcome,
): Promise<Claim> {
  const { units, operatorId } = carrier;
  const { file, result: operation } = await units.sql(operatorId, (tx) =>
    changeOrder(tx, before.order.id, (file) => {
      const step = { file, ...parts(file, operationId), now: tx.now };
      change.apply(step, outcome);
      return step.operation;
    }),
  );
  if (outcome.kind === 'failed' && outcome.why.keysRejected) await carrier.checkKeys();
  const seen = outcome.kind === 'failed' ? await seePayment(carrier, file) : file;
  return { file: seen, operation, toCarryOut: false };
}

function parts(file: OrderFile, operationId: string) {
  const operation = file.operations.find(({ id }) => id === operationId);
  const transaction = operation && transactionsOf(file, operation)[0];
  if (!operation || !transaction) throw new Error(`order ${file.order.id} has no operation ${operationId}`);
  return { operation, transaction };
}
