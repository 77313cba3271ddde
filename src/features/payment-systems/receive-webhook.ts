import { uuidOf } from '../../kernel/ids.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import { type AccountRow, accountById } from './account-sql.js';
import type { InboxParts } from './inbox-parts.js';
import { keepEvents } from './inbox-sql.js';
import type { ExternalEvent } from './payment-system.js';
import { isProcessed, verifiedEvent } from './stripe-events.js';
import { type EndpointRow, endpointsOf } from './webhook-endpoint-sql.js';

const FIND = statement(
  'webhook_account',
  `select operator_id as "operatorId" from payment_system_accounts where id = $1 and status <> 'DISCONNECTED'`,
);

/**
 * Takes in a delivery of a payment system and answers with an HTTP status.
 * Nothing of it is believed before its signature is one of this account's own
 * secrets; it is answered as soon as it is kept, and processed afterwards.
 */
export async function receiveWebhook(
  parts: InboxParts,
  accountPublicId: string,
  rawBody: Buffer,
  signature: string,
): Promise<200 | 400 | 404> {
  const accountId = uuidOf('paymentSystemAccount', accountPublicId);
  const operatorId = accountId && (await operatorOf(parts.system, accountId));
  if (!accountId || !operatorId) return 404;

  const now = parts.units.clock.now();
  const known = await parts.units.sql(operatorId, async (transaction) => ({
    account: await accountById(transaction, operatorId, accountId),
    endpoints: await endpointsOf(transaction, operatorId, accountId),
  }));
  if (!known.account) return 404;
  const secrets = liveSecrets(parts, known.account, known.endpoints, now);
  const event = verifiedEvent(rawBody, signature, secrets, now);
  if (!event || !belongsTo(known.account, event)) return 400;

  if (isProcessed(event)) await keep(parts, known.account, event);
  return 200;
}

async function operatorOf(system: Sql, accountId: string): Promise<string | null> {
  const [found] = await system.query<{ operatorId: string } & Row>(FIND, [accountId]);
  return found?.operatorId ?? null;
}

/** During a rotation two: events signed with either are ours until the older one's time is over. */
function liveSecrets(
  { gateways }: InboxParts,
  account: AccountRow,
  endpoints: readonly EndpointRow[],
  now: Date,
): readonly string[] {
  const secrets = gateways.secretsOf(account);
  return endpoints
    .filter(({ retireAt }) => retireAt === null || retireAt > now)
    .map(({ id, secretEncrypted }) =>
      secrets.decrypt(secretEncrypted, { operatorId: account.operatorId, rowId: id, of: 'webhookSecret' }),
    );
}

function belongsTo(account: AccountRow, event: ExternalEvent & { readonly externalAccountId: string | null }): boolean {
  const { externalAccountId, live } = event;
  const isSameAccount = externalAccountId === null || externalAccountId === account.externalAccountId;
  return isSameAccount && live === (account.mode === 'LIVE');
}

async function keep({ units, wake }: InboxParts, { operatorId, id }: AccountRow, event: ExternalEvent): Promise<void> {
  const kept = await units.sql(operatorId, (transaction) => keepEvents(transaction, id, [event]));
  if (kept > 0) wake('inbox');
}
