import { later } from '../../kernel/clock.js';
import type { Currency } from '../../kernel/currency.js';
import type { AccountRow, BalanceMovement, EventPlace } from '../payment-systems/index.js';
import { ACCOUNT_CONNECTED_AT, type FoundRow, MOVEMENTS_NOT_AMONG, MOVEMENTS_TO_COMPARE } from './checks-sql.js';
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

/** The payment system's list since then, one by one beside ours. What is missing here is taken in, and reported. */
export async function compareMovements(parts: LedgerParts, account: AccountRow, from: Date): Promise<Compared> {
  const { operatorId, id } = account;
  const since = await sinceConnected(parts, account, from);
  const began = parts.units.clock.now();
  const seen: string[] = [];
  const found: FoundRow[] = [];
  let place: EventPlace | null = { before: null };
  while (place !== null) {
    const answer = await parts.gateways.systemFor(account).listMovements({ place, since });
    if (answer.kind !== 'done') throw new Error(`the payment system did not list its movements: ${answer.kind}`);
    const movements: readonly BalanceMovement[] = answer.value.movements;
    seen.push(...movements.map(({ externalId }) => externalId));
    found.push(...(await comparePage(parts, account, movements, later(began, -LATE_MS))));
    place = answer.value.next;
  }
  const missing = await parts.units.sql(operatorId, (tx) =>
    tx.query<FoundRow & Record<string, unknown>>(MOVEMENTS_NOT_AMONG, [operatorId, id, seen, since, began]),
  );
  return { movements: seen.length, found: [...found, ...missing] };
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

function differing(our: KnownMovement, { externalId, amount, fee, net }: BalanceMovement): FoundRow {
  const detail =
    `amount, fee, net: ${our.amount}, ${our.fee}, ${our.net} ${our.currency} ` +
    `beside ${amount.minor}, ${fee.minor}, ${net.minor} ${amount.currency}`;
  return { kind: 'MOVEMENT_DIFFERS', merchantId: null, orderId: our.orderId, movementExternalId: externalId, detail };
}
