import { halfDisconnected, operatorsWithAccounts } from './account-changes-sql.js';
import { accountOf } from './account-for.js';
import type { DisconnectionParts } from './connection-parts.js';
import { finishDisconnection } from './finish-disconnection.js';
import { inParallel } from './parallel.js';
import { deleteEndpoint, type RetiredEndpoint, retiredEndpoints } from './webhook-endpoint-sql.js';

const LANES = 4;

/** Removes the endpoints whose overlap is over, and what disconnections have left; what fails waits for the next round. */
export async function retireWebhookEndpoints(parts: Omit<DisconnectionParts, 'address'>): Promise<void> {
  await inParallel(await operatorsWithAccounts(parts.system), LANES, (operatorId) =>
    retireOfOperator(parts, operatorId).catch(parts.onFailure),
  );
}

async function retireOfOperator(parts: Omit<DisconnectionParts, 'address'>, operatorId: string): Promise<void> {
  const { retired, disconnected } = await parts.units.sql(operatorId, async (transaction) => ({
    retired: await retiredEndpoints(transaction),
    disconnected: await halfDisconnected(transaction),
  }));
  for (const endpoint of retired) await remove(parts, operatorId, endpoint);
  for (const accountId of disconnected) await finishDisconnection(parts, operatorId, accountId);
}

/** With the account's present key: it is of the same account, so it may remove what an older one made. */
async function remove(
  { units, gateways }: Omit<DisconnectionParts, 'address'>,
  operatorId: string,
  { accountId, id, externalId }: RetiredEndpoint,
): Promise<void> {
  const account = await units.sql(operatorId, (transaction) => accountOf(transaction, operatorId, accountId));
  const answer = await gateways.systemFor(account).removeWebhook(externalId);
  if (answer.kind === 'done') await units.sql(operatorId, (transaction) => deleteEndpoint(transaction, id));
}
