import { later } from '../../kernel/clock.js';
import type { Row } from '../../platform/database/sql.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { type AccountRow, accountOf, checkKeys, type EventPlace, type MovementPage } from '../payment-systems/index.js';
import { attendPayout } from './attend-payout.js';
import type { LedgerParts } from './ledger-parts.js';
import { CLAIM_SWEEP, DUE_SWEEPS, FINISH_SWEEP, MOVE_SWEEP } from './movements-sql.js';
import { recordMovements } from './record-movements.js';

const LEASE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;

/** Reads what moved on the balances of the accounts that are due; how many were begun. */
export async function sweepMovements(parts: LedgerParts, lanes: OperatorLanes): Promise<number> {
  const due = await parts.system.query<Due & Row>(DUE_SWEEPS, [parts.units.clock.now()]);
  return lanes.work(due, ({ operatorId, id }) => sweepAccount(parts, operatorId, id));
}

type Claim = { readonly place: string | null; readonly connectedAt: Date };

/**
 * Reads an account's movements from the last one seen on; the first time from
 * the newest back to when it was connected. Two that read at once record each
 * movement once, and the place moves only from where it was.
 */
export async function sweepAccount(parts: LedgerParts, operatorId: string, accountId: string): Promise<void> {
  const { units } = parts;
  const now = units.clock.now();
  const lease = later(now, LEASE_MS);
  const [account, [claim]] = await units.sql(operatorId, (tx) =>
    Promise.all([
      accountOf(tx, operatorId, accountId),
      tx.query<Claim>(CLAIM_SWEEP, [operatorId, accountId, now, lease]),
    ]),
  );
  if (!claim || !(await readOn(parts, account, claim))) return;
  await units.sql(operatorId, (tx) => tx.query(FINISH_SWEEP, [operatorId, accountId, lease, later(now, DAY_MS)]));
}

/** False when the payment system did not answer: it is asked again when the lease is over. */
async function readOn(parts: LedgerParts, account: AccountRow, claim: Claim): Promise<boolean> {
  const since = sweptSince(claim.connectedAt);
  let known = claim.place;
  let newest: string | null = null;
  let place: EventPlace | null = known === null ? { before: null } : { after: known };
  while (place !== null) {
    const page: MovementPage | null = await pageAt(parts, account, place, since);
    if (page === null) return false;
    const forwards: boolean = 'after' in place;
    newest = (forwards ? null : newest) ?? page.movements.at(-1)?.externalId ?? null;
    await takeIn(parts, account, page);
    // On the way back the newest is noted when the oldest is kept, so that a pass that is cut off is begun again.
    if (newest !== null && (forwards || page.next === null)) known = await moveTo(parts, account, known, newest);
    place = page.next;
  }
  return true;
}

/** From where on an account's movements are read. A day before it was connected: clocks differ, and payments last. */
export function sweptSince(connectedAt: Date): Date {
  return later(connectedAt, -DAY_MS);
}

async function takeIn(parts: LedgerParts, account: AccountRow, { movements }: MovementPage): Promise<void> {
  const fresh = await recordMovements(parts, account, movements);
  for (const { kind, sourceExternalId } of fresh) {
    // Its events may be lost; its movement is not.
    if (kind === 'PAYOUT' && sourceExternalId) await attendPayout(parts, account, sourceExternalId);
  }
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
