import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { AccountRow, BalanceMovement } from '../payment-systems/index.js';
import { accountPostings, disputePostings, followingPostings, type Movement } from './domain/postings.js';
import type { LedgerOrderRow, MovementRow, PostedOrder } from './ledger-rows.js';
import { LOCK_ORDER_OF_LEDGER, ORDER_OF_PAYMENT } from './ledger-sql.js';
import { INSERT_MOVEMENT } from './movements-sql.js';
import { ledgerOrder, saveStates } from './order-state.js';
import { post } from './post.js';

/** Of these the money of an order moves; of captures it is to be available one day. */
const OF_ORDERS: ReadonlySet<string> = new Set([
  'CAPTURE',
  'CAPTURE_FAILURE',
  'REFUND',
  'REFUND_FAILURE',
  'DISPUTE',
  'DISPUTE_REVERSAL',
]);
const TO_BE_AVAILABLE: ReadonlySet<string> = new Set(['CAPTURE', 'CAPTURE_FAILURE']);

const WAIT_MS = 60_000;

/**
 * Takes in one movement of the payment system's balance: the row that says it
 * is known, and what it adds to the ledger, together or not at all. False when
 * it was known.
 */
export async function recordMovement(
  transaction: Transaction,
  account: Pick<AccountRow, 'id' | 'mode'>,
  movement: BalanceMovement,
  payoutId: string | null = null,
): Promise<boolean> {
  const { operatorId, realNow } = transaction;
  const order = await lockedOrderOf(transaction, account.id, movement);
  const state = order && (await ledgerOrder(transaction, order.id));
  const isWaiting = order !== null && state === null;
  const row = movementRow(account, movement, order, realNow);
  const settled: MovementRow = isWaiting
    ? { ...row, status: 'WAITING', dueAt: later(realNow, WAIT_MS) }
    : { ...row, status: 'POSTED', dueAt: order && TO_BE_AVAILABLE.has(row.kind) ? row.availableAt : null };
  const [isNew] = await transaction.query(INSERT_MOVEMENT, insertOf(operatorId, settled));
  if (isNew && !isWaiting) postMovement(transaction, settled, state, payoutId);
  return isNew !== undefined;
}

/** Posts what a recorded movement adds. With an order, its lock is held and its state was read under it. */
export function postMovement(
  transaction: Transaction,
  row: MovementRow,
  state: LedgerOrderRow | null,
  payoutId: string | null = null,
): void {
  const { id: movementId, accountId, mode, occurredAt } = row;
  const movement = movementOf(row);
  if (!state) {
    const cause = { mode, occurredAt, accountId, movementId, payoutId };
    post(
      transaction,
      accountPostings(movement).map((posting) => ({ posting, cause })),
    );
    return;
  }
  const after = moneyAfter(state, row);
  const isDispute = row.kind === 'DISPUTE' || row.kind === 'DISPUTE_REVERSAL';
  const postings = isDispute ? disputePostings(movement, state, after) : followingPostings(movement);
  saveStates(transaction, [{ before: state, after, postings, cause: { occurredAt, movementId } }]);
}

function moneyAfter(state: LedgerOrderRow, { kind, original }: MovementRow): LedgerOrderRow {
  switch (kind) {
    case 'CAPTURE':
    case 'CAPTURE_FAILURE':
      return { ...state, capturedMoved: state.capturedMoved + original };
    case 'REFUND':
    case 'REFUND_FAILURE':
      return { ...state, refundedMoved: state.refundedMoved - original };
    case 'DISPUTE':
    case 'DISPUTE_REVERSAL':
      return { ...state, disputed: state.disputed - original };
    default:
      return state;
  }
}

/**
 * The order whose money moved, locked. Found by its payment; a capture that is
 * told of before its payment is recorded here, by the reference it carries.
 */
async function lockedOrderOf(
  transaction: Transaction,
  accountId: string,
  { kind, paymentExternalId, reference, original }: BalanceMovement,
): Promise<PostedOrder | null> {
  const { operatorId } = transaction;
  if (!OF_ORDERS.has(kind)) return null;
  const [paid] = paymentExternalId
    ? await transaction.query<{ id: string }>(ORDER_OF_PAYMENT, [operatorId, accountId, paymentExternalId])
    : [];
  const named = reference?.operatorId === operatorId ? reference.orderId : null;
  const orderId = paid?.id ?? named;
  if (!orderId) return null;
  const [order] = await transaction.query<PostedOrder & Record<string, unknown>>(LOCK_ORDER_OF_LEDGER, [
    operatorId,
    orderId,
  ]);
  // What does not fit the order is the operator's other traffic; the order goes on waiting for its own, and is reported.
  return order?.currency === original.currency && order.accountId === accountId ? order : null;
}

function movementRow(
  { id, mode }: Pick<AccountRow, 'id' | 'mode'>,
  movement: BalanceMovement,
  order: PostedOrder | null,
  createdAt: Date,
): Omit<MovementRow, 'status' | 'dueAt'> {
  const { amount, fee, net, original, reference: _, ...rest } = movement;
  return {
    ...rest,
    id: newUuid(),
    accountId: id,
    mode,
    amount: amount.minor,
    fee: fee.minor,
    net: net.minor,
    currency: amount.currency,
    original: original.minor,
    originalCurrency: original.currency,
    orderId: order?.id ?? null,
    payoutId: null,
    createdAt,
  };
}

function movementOf({ kind, amount, fee, net, currency, original, originalCurrency }: MovementRow): Movement {
  return {
    kind,
    amount: Money.of(amount, currency),
    fee: Money.of(fee, currency),
    net: Money.of(net, currency),
    original: Money.of(original, originalCurrency),
  };
}

function insertOf(operatorId: string, row: MovementRow): unknown[] {
  return [
    operatorId,
    row.id,
    row.accountId,
    row.mode,
    row.externalId,
    row.kind,
    row.amount,
    row.fee,
    row.net,
    row.currency,
    row.original,
    row.originalCurrency,
    row.availableAt,
    row.occurredAt,
    row.description,
    row.sourceExternalId,
    row.paymentExternalId,
    row.orderId,
    row.status,
    row.dueAt,
    row.createdAt,
  ];
}
