import { later } from '../../kernel/clock.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import { type AccountRow, accountById } from './account-sql.js';
import { checkKeys } from './check-keys.js';
import type { InboxParts } from './inbox-parts.js';
import { keepEvents } from './inbox-sql.js';
import { inParallel } from './parallel.js';
import type { Answer } from './payment-gateway.js';
import type { EventPage, EventSearch } from './payment-system.js';

const LANES = 4;
/** With 500 events each, more than an account makes between two rounds. */
const PAGES_MAX = 4;
/** As long as the payment system itself tries to deliver an event. */
const LOOK_BACK_MS = 72 * 3_600_000;

interface AccountKey {
  readonly operatorId: string;
  readonly id: string;
}

const ACCOUNTS = statement(
  'accounts_by_way_of_events',
  `select operator_id as "operatorId", id from payment_system_accounts where status = 'ACTIVE' and polled = $1`,
);

const REMEMBER = statement(
  'account_polled_up_to',
  `update payment_system_accounts set polled_event_id = $3
   where operator_id = $1 and id = $2 and polled_event_id is not distinct from $4`,
);

/** Fetches the events of accounts whose payment system cannot reach us, from the last one seen on. */
export async function pollEvents(parts: InboxParts): Promise<void> {
  await eachAccount(parts, true, async (account) => {
    let after = account.polledEventId;
    for (let page = 1; page <= PAGES_MAX; page += 1) {
      const { last, complete } = await takePage(parts, account, { after, undelivered: false });
      if (complete) return;
      after = last;
    }
  });
}

/** Fetches what could not be delivered: we were down, or somebody changed the endpoint. */
export async function fetchUndeliveredEvents(parts: InboxParts): Promise<void> {
  await eachAccount(parts, false, async (account) => {
    await takePage(parts, account, { after: null, undelivered: true });
  });
}

async function eachAccount(
  parts: InboxParts,
  polled: boolean,
  work: (account: AccountRow) => Promise<void>,
): Promise<void> {
  const { system, units, onFailure } = parts;
  const accounts = await accountsWith(system, polled);
  await inParallel(accounts, LANES, async ({ operatorId, id }) => {
    const account = await units.sql(operatorId, (transaction) => accountById(transaction, operatorId, id));
    if (account) await work(account).catch(onFailure);
  });
}

function accountsWith(system: Sql, polled: boolean): Promise<readonly AccountKey[]> {
  return system.query<AccountKey & Row>(ACCOUNTS, [polled]);
}

/** Keeps one page and, where it was read from a place, the new place: together, so that no event is passed over. */
async function takePage(
  parts: InboxParts,
  account: AccountRow,
  { after, undelivered }: Omit<EventSearch, 'since'>,
): Promise<{ readonly last: string | null; readonly complete: boolean }> {
  const since = later(parts.units.clock.now(), -LOOK_BACK_MS);
  const answer = await parts.gateways.systemFor(account).listEvents({ after, since, undelivered });
  const { events, complete } = await pageIn(parts, account, answer);
  const last = events.at(-1)?.id ?? after;
  const { operatorId, id } = account;
  const kept = await parts.units.sql(operatorId, async (transaction) => {
    if (!undelivered && last !== after) await transaction.query(REMEMBER, [operatorId, id, last, after]);
    return keepEvents(transaction, id, events);
  });
  if (kept > 0) parts.wake('inbox');
  return { last, complete };
}

/** Nothing was fetched when the payment system did not answer: the next round asks for the same again. */
async function pageIn(parts: InboxParts, account: AccountRow, answer: Answer<EventPage>): Promise<EventPage> {
  if (answer.kind === 'done') return answer.value;
  if (answer.kind === 'refused' && answer.refusal.keysRejected) await checkKeys(parts, account);
  return { events: [], complete: true };
}
