import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type Account, MERCHANT_ACCOUNTS } from './domain/accounts.js';
import type { Posting } from './domain/postings.js';
import type { PostingCause } from './ledger-rows.js';
import { POST } from './ledger-sql.js';

export interface CausedPosting {
  readonly posting: Posting;
  readonly cause: PostingCause;
}

const OF_MERCHANTS: ReadonlySet<Account> = new Set(MERCHANT_ACCOUNTS);

/** Writes postings with their lines. Not awaited: they travel with the commit, which refuses what does not balance. */
export function post(transaction: Transaction, postings: readonly CausedPosting[]): void {
  if (postings.length === 0) return;
  const made = postings.map((each) => ({ ...each, id: newUuid() }));
  const lines = made.flatMap(({ id, posting, cause }) =>
    posting.lines.map((line, index) => ({ id, cause, ...line, number: index + 1 })),
  );
  transaction.send(POST, [
    transaction.operatorId,
    transaction.now,
    made.map(({ id }) => id),
    made.map(({ cause }) => cause.mode),
    made.map(({ posting }) => posting.kind),
    made.map(({ cause }) => cause.orderId ?? null),
    made.map(({ cause }) => cause.number ?? null),
    made.map(({ cause }) => cause.movementId ?? null),
    made.map(({ cause }) => cause.payoutId ?? null),
    made.map(({ cause }) => cause.settlementId ?? null),
    made.map(({ cause }) => cause.occurredAt),
    lines.map(({ id }) => id),
    lines.map(({ number }) => number),
    lines.map(({ cause }) => cause.mode),
    lines.map(({ account }) => account),
    lines.map(({ account, cause }) => (OF_MERCHANTS.has(account) ? (cause.merchantId ?? null) : null)),
    lines.map(({ account, cause }) => (isOfSystem(account) ? (cause.accountId ?? null) : null)),
    lines.map(({ amount }) => amount.currency),
    lines.map(({ amount }) => amount.minor),
  ]);
}

function isOfSystem(account: Account): boolean {
  return !OF_MERCHANTS.has(account) && account !== 'SETTLEMENTS';
}
