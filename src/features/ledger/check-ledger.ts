import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Row } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { type AccountRow, accountOf } from '../payment-systems/index.js';
import { attendPayout } from './attend-payout.js';
import {
  ACCOUNTS_TO_CHECK,
  COMPARE_CLEARING,
  COMPARE_ORDERS,
  type ComparedOrders,
  DIFFERENCES_KEPT_MAX,
  type FoundRow,
  INSERT_CHECK,
  INSERT_DIFFERENCES,
  OVERDUE,
} from './checks-sql.js';
import { compareMovements } from './compare-movements.js';
import { ledgerDifferenceFound } from './ledger-events.js';
import type { LedgerMeter } from './ledger-meter.js';
import type { LedgerParts } from './ledger-parts.js';
import { OPEN_PAYOUTS } from './payouts-sql.js';
import { sweepAccount } from './sweep-movements.js';

const DAY_MS = 24 * 3_600_000;
const COMPARED_DAYS = 7;
const AWAITED_DAYS = 3;
const PAYOUT_DAYS = 30;

/** Accounts begun together: each is one lane, and a slow payment system keeps only its own. */
const AT_ONCE = 50;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Compares the ledger of every account with its orders and its payment system. */
export async function checkLedgers(
  parts: LedgerParts & { readonly meter: LedgerMeter },
  lanes: OperatorLanes,
): Promise<void> {
  const accounts = await parts.system.query<Due & Row>(ACCOUNTS_TO_CHECK);
  for (let begin = 0; begin < accounts.length && !lanes.isStopping; begin += AT_ONCE) {
    await lanes.work(accounts.slice(begin, begin + AT_ONCE), async ({ operatorId, id }) => {
      const outcome = checkLedger(parts, operatorId, id);
      outcome.catch(() => parts.meter.failed());
      parts.meter.checked(id, await outcome);
    });
  }
}

/**
 * One account: orders beside ledger and entries, the payment system's movements
 * beside ours one by one, and what we say is there beside what they add up to.
 * How many differences were found; each is kept and told as an event.
 */
export async function checkLedger(parts: LedgerParts, operatorId: string, accountId: string): Promise<number> {
  const { units } = parts;
  await sweepAccount(parts, operatorId, accountId);
  const account = await units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
  const now = units.clock.now();
  await attendOpenPayouts(parts, account, later(now, -PAYOUT_DAYS * DAY_MS));
  const compared = await compareMovements(parts, account, later(now, -COMPARED_DAYS * DAY_MS));
  const { orders, found: ofOrders } = await compareOrders(parts, account);
  const ofAccount = await units.sql(operatorId, (tx) => accountDifferences(tx, account, now));
  const found = [...compared.found, ...ofOrders, ...ofAccount];
  await units.sql(operatorId, async (tx) => keep(tx, account, { orders, movements: compared.movements, found }));
  return found.length;
}

/** What their events would have told, had none been lost. */
async function attendOpenPayouts(parts: LedgerParts, account: AccountRow, since: Date): Promise<void> {
  const { operatorId, id } = account;
  const open = await parts.units.sql(operatorId, (tx) =>
    tx.query<{ externalId: string }>(OPEN_PAYOUTS, [operatorId, id, since]),
  );
  for (const { externalId } of open) await attendPayout(parts, account, externalId);
}

async function compareOrders({ units }: LedgerParts, { operatorId, id, mode }: AccountRow) {
  const found: FoundRow[] = [];
  let orders = 0;
  let after: string | null = BEFORE_ALL;
  while (after !== null) {
    const from: string = after;
    const [page] = await units.sql(operatorId, (tx) =>
      tx.query<ComparedOrders>(COMPARE_ORDERS, [operatorId, mode, from, id]),
    );
    found.push(...(page?.found ?? []));
    orders += page?.orders ?? 0;
    after = page?.last ?? null;
  }
  return { orders, found };
}

async function accountDifferences(tx: Transaction, { operatorId, id }: AccountRow, now: Date): Promise<FoundRow[]> {
  const [clearing, overdue] = await Promise.all([
    tx.query<FoundRow & Row>(COMPARE_CLEARING, [operatorId, id]),
    tx.query<FoundRow & Row>(OVERDUE, [operatorId, id, later(now, -DAY_MS), later(now, -AWAITED_DAYS * DAY_MS)]),
  ]);
  return [...clearing, ...overdue];
}

interface Outcome {
  readonly orders: number;
  readonly movements: number;
  readonly found: readonly FoundRow[];
}

function keep(transaction: Transaction, { operatorId, id, mode }: AccountRow, outcome: Outcome): void {
  const checkId = newUuid();
  const { orders, movements, found } = outcome;
  const counts = [orders, movements, found.length];
  transaction.send(INSERT_CHECK, [operatorId, checkId, id, mode, ...counts, transaction.realNow]);
  const kept = found.slice(0, DIFFERENCES_KEPT_MAX).map((each) => ({ ...each, id: newUuid() }));
  if (kept.length === 0) return;
  transaction.send(INSERT_DIFFERENCES, [
    operatorId,
    checkId,
    kept.map((each) => each.id),
    kept.map(({ kind }) => kind),
    kept.map(({ merchantId }) => merchantId),
    kept.map(({ orderId }) => orderId),
    kept.map(({ movementExternalId }) => movementExternalId),
    kept.map(({ detail }) => detail),
  ]);
  for (const difference of kept) transaction.publish(ledgerDifferenceFound(difference, mode));
}
