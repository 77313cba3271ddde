import { eraseSecret } from './account-changes-sql.js';
import { accountById } from './account-sql.js';
import type { ConnectionParts } from './connection-parts.js';
import { deleteEndpoint, endpointsOf } from './webhook-endpoint-sql.js';

/**
 * Removes a disconnected account's endpoints and forgets its secrets. Where
 * the payment system does not answer, everything stays for the next try; keys
 * that it rejects can remove nothing any more, and are forgotten.
 */
export async function finishDisconnection(
  { units, gateways }: Pick<ConnectionParts, 'units' | 'gateways'>,
  operatorId: string,
  accountId: string,
): Promise<void> {
  const { account, endpoints } = await units.sql(operatorId, async (transaction) => ({
    account: await accountById(transaction, operatorId, accountId),
    endpoints: await endpointsOf(transaction, operatorId, accountId),
  }));
  if (account?.status !== 'DISCONNECTED' || account.secretKeyEncrypted === '') return;
  const system = gateways.systemFor(account);
  for (const { externalId } of endpoints) {
    const answer = await system.removeWebhook(externalId);
    if (answer.kind !== 'done' && answer.kind !== 'refused') return;
  }
  await units.sql(operatorId, async (transaction) => {
    for (const { id } of endpoints) await deleteEndpoint(transaction, id);
    await eraseSecret(transaction, accountId);
  });
}
