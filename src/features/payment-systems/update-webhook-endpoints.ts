import { newUuid } from '../../kernel/ids.js';
import type { AccountRow } from './account-sql.js';
import { checkKeys } from './check-keys.js';
import { eachAccount } from './each-account.js';
import type { InboxParts } from './inbox-parts.js';
import { endpointsOf } from './webhook-endpoint-sql.js';

/**
 * Has endpoints that were made by an older version, or changed by hand, send
 * all that is processed here. The payment system is asked, not our own tables:
 * only it knows what an endpoint sends now.
 */
export async function updateWebhookEndpoints(parts: InboxParts): Promise<void> {
  await eachAccount(parts, 'told', (account) => updateOf(parts, account));
}

async function updateOf(parts: InboxParts, account: AccountRow): Promise<void> {
  const { operatorId, id } = account;
  const system = parts.gateways.systemFor(account);
  const answer = await system.listOurWebhooks();
  if (answer.kind === 'refused' && answer.refusal.keysRejected) return checkKeys(parts, account);
  if (answer.kind !== 'done') return;
  const recorded = await parts.units.sql(operatorId, (transaction) => endpointsOf(transaction, operatorId, id));
  const ours = new Set(recorded.map(({ externalId }) => externalId));
  for (const { externalId, outdated } of answer.value) {
    if (outdated && ours.has(externalId)) await system.updateWebhook(externalId, `update:${newUuid()}`);
  }
}
