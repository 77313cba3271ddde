import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { NO_MONEY, type OrderMoney, pendingOf } from './domain/order-money.js';
import type { Line, Posting } from './domain/postings.js';
import type { LedgerOrderRow, PostedOrder, PostingCause } from './ledger-rows.js';
import { INSERT_LEDGER_ORDER, LEDGER_ORDER, POST_FIRST, UPDATE_LEDGER_ORDERS } from './ledger-sql.js';
import { type CausedPosting, post } from './post.js';

/** How the ledger stands with an order that nothing was posted of. */
export function unposted(order: PostedOrder): LedgerOrderRow {
  const { id, merchantId, mode, accountId, currency } = order;
  return {
    ...NO_MONEY,
    orderId: id,
    merchantId,
    mode,
    accountId,
    currency,
    capturedMoved: 0n,
    refundedMoved: 0n,
    postings: 0,
    awaitedSince: null,
  };
}

/** Null for an order that nothing was captured of. To be called under the order's lock. */
export async function ledgerOrder(transaction: Transaction, orderId: string): Promise<LedgerOrderRow | null> {
  const [row] = await transaction.query<LedgerOrderRow>(LEDGER_ORDER, [transaction.operatorId, orderId]);
  return row ?? null;
}

/** A change of an order's state with the postings that explain it. */
export interface StateChange {
  readonly before: LedgerOrderRow;
  readonly after: OrderMoney & Pick<LedgerOrderRow, 'capturedMoved' | 'refundedMoved'>;
  readonly postings: readonly Posting[];
  readonly cause: Pick<PostingCause, 'occurredAt' | 'movementId'>;
}

/** Writes changes of orders and their postings, numbered on from the last; nothing is awaited. */
export function saveStates(transaction: Transaction, changes: readonly StateChange[]): void {
  const [change] = changes;
  const lines = change && changes.length === 1 ? linesOfFirst(change) : null;
  if (change && lines) transaction.send(POST_FIRST, firstOf(transaction, change, lines));
  else saveAll(transaction, changes);
}

function saveAll(transaction: Transaction, changes: readonly StateChange[]): void {
  const { operatorId } = transaction;
  const states = changes.map((change) => ({ change, state: stateAfter(transaction, change) }));
  for (const { state } of states.filter(({ change }) => change.before.postings === 0)) {
    transaction.send(INSERT_LEDGER_ORDER, insertOf(operatorId, state));
  }
  const known = states.filter(({ change }) => change.before.postings > 0).map(({ state }) => state);
  if (known.length > 0) transaction.send(UPDATE_LEDGER_ORDERS, updateOf(operatorId, known));
  post(transaction, changes.flatMap(causedPostings));
}

export function inCurrencyOf({ currency }: Pick<LedgerOrderRow, 'currency'>): (minor: bigint) => Money {
  return (minor) => Money.of(minor, currency);
}

function stateAfter({ realNow }: Transaction, { before, after, postings }: StateChange): LedgerOrderRow {
  const isTold = after.captured === after.capturedMoved && after.refunded === after.refundedMoved;
  return {
    ...before,
    ...after,
    postings: before.postings + postings.length,
    awaitedSince: isTold ? null : (before.awaitedSince ?? realNow),
  };
}

function causedPostings({ before, postings, cause }: StateChange): CausedPosting[] {
  const { orderId, merchantId, mode, accountId } = before;
  return postings.map((posting, index) => ({
    posting,
    cause: { ...cause, orderId, merchantId, mode, accountId, number: before.postings + index + 1 },
  }));
}

/** Those of a posting that begins an order's: on the merchant's side one, and one at the payment system. */
function linesOfFirst({ before, postings: [posting, second] }: StateChange): readonly [Line, Line] | null {
  if (before.postings > 0 || !posting || second) return null;
  const [ofMerchant, atSystem, third] = posting.lines;
  const isPlain = ofMerchant?.account === 'PENDING' && atSystem?.account === 'CLEARING' && !third;
  return isPlain ? [ofMerchant, atSystem] : null;
}

function firstOf(transaction: Transaction, change: StateChange, [ofMerchant, atSystem]: readonly [Line, Line]) {
  const { operatorId, now } = transaction;
  const { postings, cause } = change;
  const state = stateAfter(transaction, change);
  const { orderId, merchantId, mode, accountId, currency } = state;
  const [captured, refunded, disputed, unavailable, pending, capturedMoved, refundedMoved, , since] = moneyOf(state);
  return [
    ...[operatorId, newUuid(), mode, postings[0]?.kind, orderId, cause.movementId ?? null, cause.occurredAt, now],
    ...[merchantId, accountId, currency],
    ...[captured, refunded, disputed, unavailable, pending, capturedMoved, refundedMoved, since],
    ...[ofMerchant.account, ofMerchant.amount.minor, atSystem.account, atSystem.amount.minor],
  ];
}

function insertOf(operatorId: string, state: LedgerOrderRow): unknown[] {
  const { orderId, merchantId, mode, accountId, currency } = state;
  return [operatorId, orderId, merchantId, mode, accountId, currency, ...moneyOf(state)];
}

function updateOf(operatorId: string, states: readonly LedgerOrderRow[]): unknown[] {
  const rows = states.map((state) => [state.orderId, ...moneyOf(state)]);
  return [operatorId, ...(rows[0] ?? []).map((_, column) => rows.map((row) => row[column]))];
}

function moneyOf(state: LedgerOrderRow): unknown[] {
  const { captured, refunded, disputed, unavailable, capturedMoved, refundedMoved, postings, awaitedSince } = state;
  const pending = pendingOf(state);
  return [captured, refunded, disputed, unavailable, pending, capturedMoved, refundedMoved, postings, awaitedSince];
}
