import {
  fetchUndeliveredEvents,
  forgetOldInboxEvents,
  type InboxHandlers,
  type InboxParts,
  pollEvents,
  processInbox,
} from '../features/payment-systems/index.js';
import { type Sql, statement } from '../platform/database/sql.js';
import type { UnitsOfWork } from '../platform/database/unit-of-work.js';
import { forgetOldIdempotencyKeys } from '../platform/idempotency/forget-old-idempotency-keys.js';
import type { RecurringJob } from '../platform/jobs/recurring-job.js';

/** Woken by webhooks; the clock finds what waits for a later try. */
export const INBOX_JOB = 'payment-systems.process-inbox';

const OPERATORS = statement('all_operators', 'select id from operators');

/** Everything that happens by the clock. Nights are UTC's, when none of it is in anybody's way. */
export function recurringJobs(inbox: InboxParts, inboxHandlers: InboxHandlers): readonly RecurringJob[] {
  const { units, system } = inbox;
  return [
    { name: INBOX_JOB, everySeconds: 2, handler: untilNoneLeft(() => processInbox(inbox, inboxHandlers)) },
    { name: 'payment-systems.poll-events', everySeconds: 5, handler: () => pollEvents(inbox) },
    { name: 'payment-systems.fetch-undelivered', everySeconds: 300, handler: () => fetchUndeliveredEvents(inbox) },
    {
      name: 'payment-systems.forget-events',
      cron: '41 3 * * *',
      handler: async () => void (await forgetOldInboxEvents(inbox)),
    },
    { name: 'idempotency.forget-keys', cron: '17 3 * * *', handler: () => forgetKeysOfAll(units, system) },
  ];
}

/** A claim takes so many at a time; a backlog is worked off in one run. */
function untilNoneLeft(work: () => Promise<number>): () => Promise<void> {
  return async () => {
    while ((await work()) > 0);
  };
}

async function forgetKeysOfAll(units: UnitsOfWork, acrossOperators: Sql): Promise<void> {
  for (const { id } of await acrossOperators.query<{ id: string }>(OPERATORS)) {
    await units.sql(id, forgetOldIdempotencyKeys);
  }
}
