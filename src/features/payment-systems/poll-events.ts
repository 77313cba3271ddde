import { later } from '../../kernel/clock.js';
import { statement } from '../../platform/database/sql.js';
import type { AccountRow } from './account-sql.js';
import { checkKeys } from './check-keys.js';
import { eachAccount } from './each-account.js';
import type { InboxParts } from './inbox-parts.js';
import { keepEvents } from './inbox-sql.js';
import type { EventPage, EventPlace, EventSearch } from './payment-system.js';
import { EVENT_TYPE_LISTS, isProcessed } from './stripe-events.js';

/** As long as the payment system itself tries to deliver an event. */
const LOOK_BACK_MS = 72 * 3_600_000;

const REMEMBER = statement(
  'account_polled_up_to',
  `update payment_system_accounts set polled_event_id = $3
   where operator_id = $1 and id = $2 and polled_event_id is not distinct from $4`,
);

const NEWEST: EventPlace = { before: null };

/**
 * Fetches the events of accounts whose payment system cannot reach us, from
 * the last one seen on. Where none is known, from the newest backwards; the
 * newest is noted when the oldest is kept, so that a pass that is interrupted
 * is begun again. Of all types, because a list takes fewer than we process,
 * and between two lists an event could slip past the one place that is noted.
 */
export async function pollEvents(parts: InboxParts): Promise<void> {
  await eachAccount(parts, 'polled', async (account) => {
    let known = account.polledEventId;
    let newest: string | null = null;
    let place: EventPlace | null = known === null ? NEWEST : { after: known };
    while (place !== null) {
      const page = await pageAt(parts, account, { place, undelivered: null });
      if (page === null) return;
      const forwards: boolean = 'after' in place;
      newest = (forwards ? null : newest) ?? page.events.at(-1)?.id ?? null;
      const seen = newest !== null && (forwards || page.next === null) ? { known, newest } : null;
      await keep(parts, account, page, seen);
      known = seen?.newest ?? known;
      place = page.next;
    }
  });
}

/** Fetches what could not be delivered: we were down, or somebody changed the endpoint. */
export async function fetchUndeliveredEvents(parts: InboxParts): Promise<void> {
  await eachAccount(parts, 'told', async (account) => {
    for (const types of EVENT_TYPE_LISTS) await fetchUndelivered(parts, account, types);
  });
}

async function fetchUndelivered(parts: InboxParts, account: AccountRow, types: readonly string[]): Promise<void> {
  let place: EventPlace | null = NEWEST;
  while (place !== null) {
    const page: EventPage | null = await pageAt(parts, account, { place, undelivered: types });
    if (page !== null) await keep(parts, account, page, null);
    place = page?.next ?? null;
  }
}

/** Null when the payment system did not answer: the next round asks for the same again. */
async function pageAt(
  parts: InboxParts,
  account: AccountRow,
  search: Omit<EventSearch, 'since'>,
): Promise<EventPage | null> {
  const since = later(parts.units.clock.now(), -LOOK_BACK_MS);
  const answer = await parts.gateways.systemFor(account).listEvents({ ...search, since });
  if (answer.kind === 'done') return answer.value;
  if (answer.kind === 'refused' && answer.refusal.keysRejected) await checkKeys(parts, account);
  return null;
}

/** Up to where all is kept, and up to where that was said before. */
interface Seen {
  readonly known: string | null;
  readonly newest: string;
}

/** A page and the new place are kept together, so that no event is passed over. */
async function keep(
  { units, wake }: InboxParts,
  { operatorId, id }: AccountRow,
  { events }: EventPage,
  seen: Seen | null,
): Promise<void> {
  const kept = await units.sql(operatorId, async (transaction) => {
    if (seen) await transaction.query(REMEMBER, [operatorId, id, seen.newest, seen.known]);
    return keepEvents(transaction, id, events.filter(isProcessed));
  });
  if (kept > 0) wake('inbox');
}
