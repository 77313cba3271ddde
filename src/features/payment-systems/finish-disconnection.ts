import { eraseSecret, lockAccount } from './account-changes-sql.js';
import { accountById } from './account-sql.js';
import type { DisconnectionParts } from './connection-parts.js';
import { deleteEndpoint, endpointsOf } from './webhook-endpoint-sql.js';

/**
 * Removes a disconnected account's endpoints and forgets its secrets. Where
 * the payment system does not answer, everything stays for the next try; keys
 * that it rejects can remove nothing any more, and are forgotten. The key is
 * kept as long as an order of the account has an outcome that only the payment
 * system can tell.
 */
export async function finishDisconnection(
  { units, gateways, hasUnsettledOrders }: Pick<DisconnectionParts, 'units' | 'gateways' | 'hasUnsettledOrders'>,
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
    await lockAccount(transaction, accountId);
    for (const { id } of endpoints) await deleteEndpoint(transaction, id);
    if (!(await hasUnsettledOrders(transaction, accountId))) await eraseSecret(transaction, accountId);
  });
}
