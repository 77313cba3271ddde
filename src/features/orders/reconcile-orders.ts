import type { Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { type Carriers, carrierFor } from './carrier.js';
import { resumeCancellation } from './carry-out-cancellation.js';
import { resumeCapture, resumeIncrease } from './carry-out-capture.js';
import { resumePayment } from './carry-out-payment.js';
import { lockedFile } from './change-order.js';
import type { OperationType } from './domain/operation-state.js';
import { CLAIM_DUE_TRANSACTION, DUE_TRANSACTIONS, OPERATOR_SUSPENDED, ORDER_OF_TRANSACTION } from './orders-sql.js';

type DueRow = { operatorId: string; id: string };

type Resume = (...parameters: Parameters<typeof resumeCapture>) => Promise<unknown>;

const RESUME: Readonly<Record<OperationType, Resume>> = {
  PAYMENT: resumePayment,
  VERIFICATION: resumePayment,
  CAPTURE: resumeCapture,
  CANCELLATION: resumeCancellation,
  AUTHORIZATION_INCREASE: resumeIncrease,
};

/**
 * Settles what is due: transactions whose outcome is unknown, and those whose
 * process has been silent for longer than a call can take. Each is claimed for
 * a minute, so two workers do not ask at once; and if they did, the keys and
 * the order's lock would make the second one's answer change nothing.
 */
export async function reconcileOrders(carriers: Carriers, system: Sql, lanes: OperatorLanes): Promise<number> {
  const due = await system.query<DueRow>(DUE_TRANSACTIONS, [carriers.units.clock.now()]);
  return lanes.work(due, (each) => reconcileTransaction(carriers, each));
}

async function reconcileTransaction(carriers: Carriers, { operatorId, id }: Due): Promise<void> {
  const claimed = await carriers.units.sql(operatorId, (tx) => claim(tx, id));
  if (!claimed) return;
  const { file, suspended } = claimed;
  const transaction = file.transactions.find((each) => each.id === id);
  const operation = file.operations.find((each) => each.id === transaction?.operationId);
  if (!operation) return;
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  await RESUME[operation.type]({ ...carrier, suspended }, file, operation.id);
}

/** The order's lock comes first, as everywhere: two that take both in different order would wait for each other. */
async function claim(transaction: Transaction, id: string) {
  const { operatorId, now } = transaction;
  const [found] = await transaction.query<{ orderId: string }>(ORDER_OF_TRANSACTION, [operatorId, id]);
  if (!found) return null;
  const file = await lockedFile(transaction, found.orderId);
  const [[claimed], [operator]] = await Promise.all([
    transaction.query(CLAIM_DUE_TRANSACTION, [operatorId, id, now]),
    transaction.query<{ suspended: boolean }>(OPERATOR_SUSPENDED, [operatorId]),
  ]);
  return claimed ? { file, suspended: operator?.suspended ?? true } : null;
}
