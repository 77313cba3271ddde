import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { knownAccounts } from './account-changes-sql.js';
import { answeredValue, type ConnectionParts } from './connection-parts.js';
import type { ExternalWebhook, PaymentSystem, RegisteredWebhook } from './payment-system.js';
import { type EndpointRow, endpointsOf } from './webhook-endpoint-sql.js';

/** An endpoint younger than this may be one that somebody is about to record. */
const SETTLED_AFTER_MS = 120_000;

export interface EndpointOwner {
  readonly operatorId: string;
  readonly accountId: string;
}

/** Makes an endpoint for the account, after removing those that an earlier crash left behind. */
export async function registerWebhook(
  parts: ConnectionParts,
  system: PaymentSystem,
  owner: EndpointOwner,
  key: string,
): Promise<RegisteredWebhook> {
  await removeStrays(parts, system, owner);
  const { accountId } = owner;
  const answer = await system.registerWebhook({ url: parts.address.urlOf(accountId), accountId }, key);
  return answeredValue(answer, 'registering a webhook endpoint');
}

export interface MadeEndpoint extends EndpointOwner {
  readonly webhook: RegisteredWebhook;
  /** Waits for the transaction that was to record it, should the database still be ending that. */
  readonly recordingEnds: (transaction: Transaction) => Promise<unknown>;
}

/**
 * Removes an endpoint that could not be recorded. A commit whose answer was
 * lost may have recorded it, so the row is asked for; where that cannot be
 * answered, the endpoint stays: a stray costs less than events that nobody sends.
 */
export async function removeUnlessRecorded(
  { units, onFailure }: Pick<ConnectionParts, 'units' | 'onFailure'>,
  system: PaymentSystem,
  { operatorId, accountId, webhook, recordingEnds }: MadeEndpoint,
): Promise<void> {
  try {
    const recorded = await units.sql(operatorId, async (transaction) => {
      await recordingEnds(transaction);
      return endpointsOf(transaction, operatorId, accountId);
    });
    if (recorded.some(({ externalId }) => externalId === webhook.externalId)) return;
    await system.removeWebhook(webhook.externalId);
  } catch (error) {
    onFailure(error);
  }
}

/** Strays only cost: deliveries to nobody, and one of the few endpoints there may be. So a failure here is no failure. */
async function removeStrays(parts: ConnectionParts, system: PaymentSystem, owner: EndpointOwner): Promise<void> {
  const { operatorId, accountId } = owner;
  const answer = await system.listOurWebhooks();
  if (answer.kind !== 'done') return;
  const settledBefore = later(parts.units.clock.now(), -SETTLED_AFTER_MS);
  const candidates = answer.value.filter(
    ({ url, createdAt }) => url.startsWith(parts.address.prefix) && createdAt < settledBefore,
  );
  const recorded = await parts.units.sql(operatorId, (transaction) => endpointsOf(transaction, operatorId, accountId));
  const known = await knownAccounts(parts.system, candidates.map(({ accountId: id }) => id).filter(isUuid));
  for (const webhook of candidates) {
    if (isStray(webhook, { accountId, recorded, known })) await system.removeWebhook(webhook.externalId);
  }
}

interface Recorded {
  readonly accountId: string;
  readonly recorded: readonly EndpointRow[];
  readonly known: ReadonlySet<string>;
}

/** Of the account at hand we know every endpoint; of others only whether they exist. */
function isStray(webhook: ExternalWebhook, { accountId, recorded, known }: Recorded): boolean {
  if (webhook.accountId !== accountId) return !known.has(webhook.accountId);
  return !recorded.some(({ externalId }) => externalId === webhook.externalId);
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
