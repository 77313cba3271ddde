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
const DAY_MS = 24 * 3_600_000;
const OF_PAYOUTS: ReadonlySet<string> = new Set(['PAYOUT', 'PAYOUT_FAILURE']);

/** Reads what moved on the balances of the accounts that are due; how many were begun. */
export async function sweepMovements(parts: LedgerParts, lanes: OperatorLanes): Promise<number> {
  const due = await parts.system.query<Due & Row>(DUE_SWEEPS, [parts.units.clock.now()]);
  return lanes.work(due, ({ operatorId, id }) => sweepAccount(parts, operatorId, id));
}

type Claim = { readonly place: string | null; readonly connectedAt: Date };

/**
 * Reads an account's movements from the last one seen on; the first time from
 * the newest back to when it was connected. Only one reads at a time, for as long
 * as it renews its lease; each movement is recorded once all the same, and the
 * place moves only from where it was.
 */
export async function sweepAccount(parts: LedgerParts, operatorId: string, accountId: string): Promise<void> {
  const { units } = parts;
  const now = units.clock.now();
  const claimed = later(now, LEASE_MS);
  const [account, [claim]] = await units.sql(operatorId, (tx) =>
    Promise.all([
      accountOf(tx, operatorId, accountId),
      tx.query<Claim>(CLAIM_SWEEP, [operatorId, accountId, now, claimed]),
    ]),
  );
  const lease = claim && (await readOn(parts, account, { ...claim, lease: claimed }));
  if (!lease) return;
  const next = later(now, DAY_MS);
  await units.sql(operatorId, (tx) => tx.query(FINISH_SWEEP, [operatorId, accountId, lease, claimed, next]));
}

/** The lease that it ended with; null when the payment system did not answer: it is asked again when that is over. */
async function readOn(
  parts: LedgerParts,
  account: AccountRow,
  claim: Claim & { readonly lease: Date },
): Promise<Date | null> {
  const since = sweptSince(claim.connectedAt);
  let { place: known, lease }: { place: string | null; lease: Date | null } = claim;
  let newest: string | null = null;
  let place: EventPlace | null = known === null ? { before: null } : { after: known };
  while (place !== null && lease !== null) {
    const page: MovementPage | null = await pageAt(parts, account, place, since);
    if (page === null) return null;
    const forwards: boolean = 'after' in place;
    newest = (forwards ? null : newest) ?? page.newest;
    await takeIn(parts, account, page);
    // On the way back the newest is noted when the oldest is kept, so that a pass that is cut off is begun again.
    if (newest !== null && (forwards || page.next === null)) known = await moveTo(parts, account, known, newest);
    place = page.next;
    if (place !== null) lease = await renewed(parts, account, lease);
  }
  return lease;
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
  from: string | null,
  to: string,
): Promise<string> {
  await units.sql(operatorId, (tx) => tx.query(MOVE_SWEEP, [operatorId, id, to, from]));
  return to;
}
