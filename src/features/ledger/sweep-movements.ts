import { later } from '../../kernel/clock.js';
import type { Row } from '../../platform/database/sql.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { type AccountRow, accountOf, checkKeys, type EventPlace, type MovementPage } from '../payment-systems/index.js';
import { attendPayout } from './attend-payout.js';
import type { LedgerParts } from './ledger-parts.js';
import { CLAIM_SWEEP, DUE_SWEEPS, FINISH_SWEEP, MOVE_SWEEP, RENEW_SWEEP } from './movements-sql.js';
import { PAYOUTS_UNATTENDED } from './payouts-sql.js';
import { recordMovements } from './record-movements.js';

const LEASE_MS = 60_000;
/** In one run: an account with a long history does not keep its operator's others waiting. */
const PAGES_MAX = 20;
/** For whoever needs all of it, until which the sweeps of every few seconds have done the rest. */
const RUNS_MAX = 100;
const DAY_MS = 24 * 3_600_000;
const OF_PAYOUTS: ReadonlySet<string> = new Set(['PAYOUT', 'PAYOUT_FAILURE']);

/** Reads what moved on the balances of the accounts that are due; how many were begun. */
export async function sweepMovements(parts: LedgerParts, lanes: OperatorLanes): Promise<number> {
  const due = await parts.system.query<Due & Row>(DUE_SWEEPS, [parts.units.clock.now()]);
  return lanes.work(due, async ({ operatorId, id }) => void (await sweepAccount(parts, operatorId, id)));
}

/** The newest movement that was read, and how far back from the first page the history was. */
type Places = { readonly place: string | null; readonly backPlace: string | null };
type Claim = Places & { readonly connectedAt: Date };

/**
 * Reads an account's movements from the last one seen on; the first time from
 * the newest back to when it was connected. Only one reads at a time, for as long
 * as it renews its lease; each movement is recorded once all the same, and the
 * place moves only from where it was. Twenty pages at most; false when there is
 * more, which is due at once.
 */
export async function sweepAccount(parts: LedgerParts, operatorId: string, accountId: string): Promise<boolean> {
  const { units } = parts;
  const now = units.clock.now();
  const claimed = later(now, LEASE_MS);
  const [account, [claim]] = await units.sql(operatorId, (tx) =>
    Promise.all([
      accountOf(tx, operatorId, accountId),
      tx.query<Claim>(CLAIM_SWEEP, [operatorId, accountId, now, claimed]),
    ]),
  );
  const read = claim && (await readOn(parts, account, { ...claim, lease: claimed }));
  if (!read?.lease) return true;
  const next = read.isRead ? later(now, DAY_MS) : now;
  await units.sql(operatorId, (tx) => tx.query(FINISH_SWEEP, [operatorId, accountId, read.lease, claimed, next]));
  return read.isRead;
}

/** Run after run until all is read. */
export async function sweepToTheEnd(parts: LedgerParts, operatorId: string, accountId: string): Promise<void> {
  for (let run = 0; run < RUNS_MAX; run += 1) if (await sweepAccount(parts, operatorId, accountId)) return;
}

/** The lease that it ended with, and whether all is read; null when the payment system did not answer: it is asked again when that is over. */
async function readOn(
  parts: LedgerParts,
  account: AccountRow,
  { connectedAt, place, backPlace, lease: claimed }: Claim & { readonly lease: Date },
): Promise<{ readonly lease: Date | null; readonly isRead: boolean } | null> {
  const since = sweptSince(connectedAt);
  let known: Places = { place, backPlace };
  let lease: Date | null = claimed;
  let at: EventPlace | null = place === null ? { before: null } : { after: place };
  for (let pages = 0; at !== null && lease !== null; pages += 1) {
    if (pages === PAGES_MAX) return { lease, isRead: false };
    const page: MovementPage | null = await pageAt(parts, account, at, since);
    if (page === null) return null;
    await takeIn(parts, account, page);
    known = await moveTo(parts, account, known, placesAfter(known, at, page));
    at = page.next ?? ('after' in at && known.backPlace !== null ? { before: known.backPlace } : null);
    if (at !== null) lease = await renewed(parts, account, lease);
  }
  return { lease, isRead: true };
}

/** What is new comes first; the history behind the first page is read on from where the last run left it. */
function placesAfter({ place, backPlace }: Places, at: EventPlace, { newest, next }: MovementPage): Places {
  if ('after' in at) return { place: newest ?? place, backPlace };
  return { place: place ?? newest, backPlace: next && 'before' in next ? next.before : null };
}

/** Null when the page took so long that somebody else has begun. */
async function renewed({ units }: LedgerParts, { operatorId, id }: AccountRow, lease: Date): Promise<Date | null> {
  const next = later(units.clock.now(), LEASE_MS);
  const [row] = await units.sql(operatorId, (tx) => tx.query(RENEW_SWEEP, [operatorId, id, lease, next]));
  return row ? next : null;
}

/** From where on an account's movements are read. A day before it was connected: clocks differ, and payments last. */
export function sweptSince(connectedAt: Date): Date {
  return later(connectedAt, -DAY_MS);
}

async function takeIn(parts: LedgerParts, account: AccountRow, { movements }: MovementPage): Promise<void> {
  await recordMovements(parts, account, movements);
  const ids = movements.filter(({ kind }) => OF_PAYOUTS.has(kind)).map(({ externalId }) => externalId);
  if (ids.length === 0) return;
  const { operatorId, id } = account;
  const unattended = await parts.units.sql(operatorId, (tx) =>
    tx.query<{ externalId: string }>(PAYOUTS_UNATTENDED, [operatorId, id, ids]),
  );
  // Its events may be lost; its movement is not. What fails here the nightly check does.
  for (const { externalId } of unattended) await attendPayout(parts, account, externalId).catch(parts.onFailure);
}

async function pageAt(
  parts: LedgerParts,
  account: AccountRow,
  place: EventPlace,
  since: Date,
): Promise<MovementPage | null> {
  const answer = await parts.gateways.systemFor(account).listMovements({ place, since });
  if (answer.kind === 'done') return answer.value;
  if (answer.kind === 'refused' && answer.refusal.keysRejected) await checkKeys(parts, account);
  return null;
}

async function moveTo(
  { units }: LedgerParts,
  { operatorId, id }: AccountRow,
  from: Places,
  to: Places,
): Promise<Places> {
  if (from.place === to.place && from.backPlace === to.backPlace) return to;
  const parameters = [operatorId, id, to.place, from.place, to.backPlace, from.backPlace];
  await units.sql(operatorId, (tx) => tx.query(MOVE_SWEEP, parameters));
  return to;
}
