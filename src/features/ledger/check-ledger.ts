import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Row } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due } from '../../platform/jobs/operator-lanes.js';
import { type AccountRow, accountOf } from '../payment-systems/index.js';
import { attendPayout } from './attend-payout.js';
import { AWAITED_DAYS } from './awaits-movements.js';
import {
  ACCOUNTS_TO_CHECK,
  COMPARE_ORDERS,
  type ComparedOrders,
  DIFFERENCES_KEPT_MAX,
  type FoundRow,
  INSERT_CHECK,
  INSERT_DIFFERENCES,
  OVERDUE,
} from './checks-sql.js';
import { compareClearing } from './compare-clearing.js';
import { compareMovements } from './compare-movements.js';
import { ledgerDifferenceFound } from './ledger-events.js';
import type { LedgerMeter } from './ledger-meter.js';
import type { LedgerParts } from './ledger-parts.js';
import { OPEN_PAYOUTS } from './payouts-sql.js';
import { sweepToTheEnd } from './sweep-movements.js';

const DAY_MS = 24 * 3_600_000;
const COMPARED_DAYS = 7;
const PAYOUT_DAYS = 30;

/** Operators at once: one whose payment system is slow holds up only its own accounts. */
const AT_ONCE = 20;

type CheckParts = LedgerParts & { readonly meter: LedgerMeter };

/** Compares the ledger of every account with its orders and its payment system; what it does not come to is counted. */
export async function checkLedgers(parts: CheckParts, isStopping: () => boolean): Promise<void> {
  const accounts = await parts.system.query<Due & Row>(ACCOUNTS_TO_CHECK);
  const waiting = Map.groupBy(accounts, ({ operatorId }) => operatorId).values();
  const track = async () => {
    for (const ofOperator of waiting) {
      for (const account of ofOperator) {
        if (isStopping()) parts.meter.skipped();
        else await checkOne(parts, account);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, track));
}

async function checkOne(parts: CheckParts, { operatorId, id }: Due): Promise<void> {
  try {
    parts.meter.checked(id, await checkLedger(parts, operatorId, id));
  } catch (error) {
    parts.meter.failed();
    parts.onFailure(error);
  }
}

/**
 * One account: orders beside ledger and entries, the payment system's movements
 * beside ours one by one, and what we say is there beside what they add up to.
 * How many differences were found; each is kept and told as an event.
 */
export async function checkLedger(parts: LedgerParts, operatorId: string, accountId: string): Promise<number> {
  const { units } = parts;
  await sweepToTheEnd(parts, operatorId, accountId);
  const account = await units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
  const now = units.clock.now();
  await attendOpenPayouts(parts, account, later(now, -PAYOUT_DAYS * DAY_MS));
  const compared = await compareMovements(parts, account, later(now, -COMPARED_DAYS * DAY_MS));
  const { orders, found: ofOrders } = await compareOrders(parts, account);
  const ofAccount = await compareClearing(parts, account);
  const late = await units.sql(operatorId, (tx) => overdue(tx, account, now));
  const found = [...compared.found, ...ofOrders, ...ofAccount, ...late];
  await units.sql(operatorId, async (tx) => keep(tx, account, { orders, movements: compared.movements, found }));
  return found.length;
}

/** What their events would have told, had none been lost. */
async function attendOpenPayouts(parts: LedgerParts, account: AccountRow, since: Date): Promise<void> {
  const { operatorId, id } = account;
  const open = await parts.units.sql(operatorId, (tx) =>
    tx.query<{ externalId: string }>(OPEN_PAYOUTS, [operatorId, id, since]),
  );
  for (const { externalId } of open) await attendPayout(parts, account, externalId).catch(parts.onFailure);
}

async function compareOrders({ units }: LedgerParts, { operatorId, id }: AccountRow) {
  const found: FoundRow[] = [];
  let orders = 0;
  let after: string | null = '';
  while (after !== null) {
    const from: string = after;
    const [page] = await units.sql(operatorId, (tx) =>
      tx.query<ComparedOrders>(COMPARE_ORDERS, [operatorId, id, from]),
    );
    found.push(...(page?.found ?? []));
    orders += page?.orders ?? 0;
    after = page?.last ?? null;
  }
  return { orders, found };
}

function overdue(tx: Transaction, { operatorId, id }: AccountRow, now: Date): Promise<(FoundRow & Row)[]> {
  return tx.query<FoundRow & Row>(OVERDUE, [operatorId, id, later(now, -DAY_MS), later(now, -AWAITED_DAYS * DAY_MS)]);
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
