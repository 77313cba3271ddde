import { type Row, statement } from '../../platform/database/sql.js';
import { type AccountRow, accountById } from './account-sql.js';
import type { InboxParts } from './inbox-parts.js';
import { inParallel } from './parallel.js';

const LANES = 4;

interface AccountKey {
  readonly operatorId: string;
  readonly id: string;
}

const ACCOUNTS = statement(
  'accounts_by_way_of_events',
  `select operator_id as "operatorId", id from payment_system_accounts where status = 'ACTIVE' and polled = $1`,
);

/** Does something for every account in use whose payment system tells us its events, or whose events are polled. */
export async function eachAccount(
  { system, units, onFailure }: InboxParts,
  events: 'told' | 'polled',
  work: (account: AccountRow) => Promise<void>,
): Promise<void> {
  const accounts = await system.query<AccountKey & Row>(ACCOUNTS, [events === 'polled']);
  await inParallel(accounts, LANES, async ({ operatorId, id }) => {
    const account = await units.sql(operatorId, (transaction) => accountById(transaction, operatorId, id));
    if (account) await work(account).catch(onFailure);
  });
}
