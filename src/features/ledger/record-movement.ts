import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { AccountRow, BalanceMovement } from '../payment-systems/index.js';
import { accountPostings, disputePostings, followingPostings, type Movement } from './domain/postings.js';
import { exactOriginal } from './exact-original.js';
import type { LedgerOrderRow, MovementRow } from './ledger-rows.js';
import { INSERT_MOVEMENT } from './movements-sql.js';
import { lockedOrderOf } from './order-of-movement.js';
import { ledgerOrder, saveStates } from './order-state.js';
import { post } from './post.js';

/** What is to be available one day. */
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
  const sought = { ...movement, originalCurrency: movement.original.currency };
  const order = await lockedOrderOf(transaction, account.id, sought);
  const isOfOrder = typeof order === 'object';
  const state = isOfOrder ? await ledgerOrder(transaction, order.id) : null;
  const row = movementRow(account, movement, isOfOrder ? order.id : null, realNow);
  const settled: MovementRow =
    order === 'UNKNOWN' || (isOfOrder && state === null)
      ? { ...row, status: 'WAITING', dueAt: later(realNow, WAIT_MS) }
      : { ...row, status: 'POSTED', dueAt: dueAtOf(row), original: await exactOriginal(transaction, row, state) };
  const [isNew] = await transaction.query(INSERT_MOVEMENT, insertOf(operatorId, settled));
  if (isNew && settled.status === 'POSTED') postMovement(transaction, settled, state, payoutId);
  return isNew !== undefined;
}

/** When a posted movement is looked at again: because its order's money is available then. */
export function dueAtOf({ orderId, kind, availableAt }: Pick<MovementRow, 'orderId' | 'kind' | 'availableAt'>) {
  return orderId !== null && TO_BE_AVAILABLE.has(kind) ? availableAt : null;
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

function movementRow(
  { id, mode }: Pick<AccountRow, 'id' | 'mode'>,
  movement: BalanceMovement,
  orderId: string | null,
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
    orderId,
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
