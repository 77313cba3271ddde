import { type Row, statement } from '../../platform/database/sql.js';
import { type AccountRow, accountById } from './account-sql.js';
import type { InboxParts } from './inbox-parts.js';
import { inParallel } from './parallel.js';

const LANES = 4;

/** Which account of whom, before anything else of it is read. */
export interface AccountKey {
  readonly operatorId: string;
  readonly id: string;
}

const ACCOUNTS = statement(
  'accounts_by_way_of_events',
  `select operator_id as "operatorId", id from payment_system_accounts where status = 'ACTIVE' and polled = $1`,
);

const CONNECTED = statement(
  'accounts_connected',
  `select operator_id as "operatorId", id from payment_system_accounts where status <> 'DISCONNECTED' order by id`,
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

/**
 * Does something for every account that is not disconnected, also where its keys
 * are rejected: for whoever may pass over none. Each that fails is told by itself.
 */
export async function eachConnectedAccount(
  { system, units }: Pick<InboxParts, 'system' | 'units'>,
  work: (account: AccountRow) => Promise<void>,
  onFailure: (account: AccountKey, error: unknown) => void,
): Promise<void> {
  const accounts = await system.query<AccountKey & Row>(CONNECTED, []);
  await inParallel(accounts, LANES, async (key) => {
    const { operatorId, id } = key;
    try {
      const account = await units.sql(operatorId, (transaction) => accountById(transaction, operatorId, id));
      if (account) await work(account);
    } catch (error) {
      onFailure(key, error);
    }
  });
}
