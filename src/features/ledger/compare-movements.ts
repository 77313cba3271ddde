import { later } from '../../kernel/clock.js';
import type { Currency } from '../../kernel/currency.js';
import type { Row } from '../../platform/database/sql.js';
import type {
  AccountRow,
  BalanceMovement,
  EventPlace,
  MovementPage,
  UnreadableMovement,
} from '../payment-systems/index.js';
import {
  ACCOUNT_CONNECTED_AT,
  type FoundRow,
  MOVEMENTS_NOT_AMONG,
  MOVEMENTS_TO_COMPARE,
  STILL_UNREADABLE,
} from './checks-sql.js';
import type { LedgerParts } from './ledger-parts.js';
import { recordMovements } from './record-movements.js';
import { sweptSince } from './sweep-movements.js';

/** What the payment system tells a little later than it happens is not missing yet. */
const LATE_MS = 60_000;

interface Compared {
  readonly movements: number;
  readonly found: readonly FoundRow[];
}

type KnownMovement = {
  readonly externalId: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly net: bigint;
  readonly currency: Currency;
  readonly orderId: string | null;
};

/**
 * The payment system's list since then, page by page beside ours of the same
 * time, so that no more than a page is ever held. What is missing here is taken
 * in, and reported; what cannot be read, until it is known.
 */
export async function compareMovements(parts: LedgerParts, account: AccountRow, from: Date): Promise<Compared> {
  const since = await sinceConnected(parts, account, from);
  const began = parts.units.clock.now();
  const found: FoundRow[] = [];
  let count = 0;
  let end: Edge = { at: began, ids: [] };
  let place: EventPlace | null = { before: null };
  while (place !== null) {
    const answer = await parts.gateways.systemFor(account).listMovements({ place, since });
    if (answer.kind !== 'done') throw new Error(`the payment system did not list its movements: ${answer.kind}`);
    const page: MovementPage = answer.value;
    found.push(...(await comparePage(parts, account, page.movements, later(began, -LATE_MS))));
    found.push(...page.unreadable.map(unreadable));
    const begin = page.next === null ? { at: later(since, -1), ids: [] } : oldestOf(page, end);
    found.push(...(await missingThere(parts, account, { page, begin, end, began })));
    count += page.movements.length;
    end = begin;
    place = page.next;
  }
  return { movements: count, found: [...found, ...(await stillUnreadable(parts, account, found))] };
}

/** Where one page ends and an older one begins: movements of that moment may be in either. */
interface Edge {
  readonly at: Date;
  readonly ids: readonly string[];
}

function oldestOf({ movements: [oldest, ...others] }: MovementPage, end: Edge): Edge {
  if (!oldest) return end;
  const at = oldest.occurredAt;
  const same = [oldest, ...others].filter(({ occurredAt }) => occurredAt.getTime() === at.getTime());
  const earlier = end.at.getTime() === at.getTime() ? end.ids : [];
  return { at, ids: [...earlier, ...same.map(({ externalId }) => externalId)] };
}

interface Stretch {
  readonly page: MovementPage;
  readonly begin: Edge;
  readonly end: Edge;
  readonly began: Date;
}

async function missingThere(
  { units }: LedgerParts,
  { operatorId, id }: AccountRow,
  { page, begin, end, began }: Stretch,
): Promise<FoundRow[]> {
  const listed = [...end.ids, ...[...page.movements, ...page.unreadable].map(({ externalId }) => externalId)];
  const parameters = [operatorId, id, listed, began, begin.at, end.at];
  return units.sql(operatorId, (tx) => tx.query<FoundRow & Row>(MOVEMENTS_NOT_AMONG, parameters));
}

async function stillUnreadable(
  { units }: LedgerParts,
  { operatorId, id }: AccountRow,
  found: readonly FoundRow[],
): Promise<FoundRow[]> {
  const told = found.flatMap(({ movementExternalId }) => movementExternalId ?? []);
  return units.sql(operatorId, (tx) => tx.query<FoundRow & Row>(STILL_UNREADABLE, [operatorId, id, told]));
}

/** What moved before the account was connected is nothing of ours. */
async function sinceConnected({ units }: LedgerParts, { operatorId, id }: AccountRow, from: Date): Promise<Date> {
  const [account] = await units.sql(operatorId, (tx) =>
    tx.query<{ connectedAt: Date }>(ACCOUNT_CONNECTED_AT, [operatorId, id]),
  );
  const swept = account ? sweptSince(account.connectedAt) : from;
  return swept > from ? swept : from;
}

async function comparePage(
  parts: LedgerParts,
  account: AccountRow,
  movements: readonly BalanceMovement[],
  before: Date,
): Promise<FoundRow[]> {
  const { operatorId, id } = account;
  const ids = movements.map(({ externalId }) => externalId);
  const ours = await parts.units.sql(operatorId, (tx) =>
    tx.query<KnownMovement>(MOVEMENTS_TO_COMPARE, [operatorId, id, ids]),
  );
  const known = new Map(ours.map((each) => [each.externalId, each]));
  await recordMovements(parts, account, movements);
  return movements.flatMap((movement) => {
    const our = known.get(movement.externalId);
    if (!our) return movement.occurredAt < before ? [missingHere(movement)] : [];
    return isSame(our, movement) ? [] : [differing(our, movement)];
  });
}

function isSame(our: KnownMovement, { amount, fee, net }: BalanceMovement): boolean {
  return (
    our.amount === amount.minor && our.fee === fee.minor && our.net === net.minor && our.currency === amount.currency
  );
}

function missingHere({ externalId, net }: BalanceMovement): FoundRow {
  const detail = `${net.minor} ${net.currency} that was not known here; it was taken in`;
  return { kind: 'MOVEMENT_MISSING_HERE', merchantId: null, orderId: null, movementExternalId: externalId, detail };
}

function unreadable({ externalId, reason: detail }: UnreadableMovement): FoundRow {
  return { kind: 'MOVEMENT_UNREADABLE', merchantId: null, orderId: null, movementExternalId: externalId, detail };
}

function differing(our: KnownMovement, { externalId, amount, fee, net }: BalanceMovement): FoundRow {
  const detail =
    `amount, fee, net: ${our.amount}, ${our.fee}, ${our.net} ${our.currency} ` +
    `beside ${amount.minor}, ${fee.minor}, ${net.minor} ${amount.currency}`;
  return { kind: 'MOVEMENT_DIFFERS', merchantId: null, orderId: our.orderId, movementExternalId: externalId, detail };
}
