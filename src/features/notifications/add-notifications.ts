import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Mode } from '../tenancy/index.js';
import type { BodyFormat } from './domain/words.js';
import { ADD_ENDPOINTS, ADD_NOTIFICATIONS, LOCK_ENDPOINTS, MARK_NOTIFIED, WAKE_ENDPOINTS } from './fan-out-sql.js';
import { TEST_TYPE } from './what-is-notified.js';

export interface NewNotification {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly groupId: string;
  /** Null for a test. */
  readonly eventSequence: bigint | null;
  readonly type: string;
  readonly format: BodyFormat;
  readonly body: string;
  readonly occurredAt: Date;
}

export type AddressedMessage = NewNotification & { readonly url: string };

/** What has an address in common: they wait together, and fail together. */
type Endpoint = {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly origin: string;
};

/**
 * Writes them to the queues of their endpoints, which are made where there are
 * none; answers those endpoints' ids. Held back they are not due: whoever adds
 * them sends them, too.
 */
export async function addNotifications(
  transaction: Transaction,
  messages: readonly AddressedMessage[],
  { heldBack = false }: { readonly heldBack?: boolean } = {},
): Promise<readonly string[]> {
  if (messages.length === 0) return [];
  const { operatorId, realNow } = transaction;
  const endpointIds = await lockedEndpoints(transaction, messages);
  // As they happened: transactions may be numbered otherwise than they came to an object's lock, its events are not.
  const inOrder = messages.toSorted((a, b) => Number((a.eventSequence ?? 0n) - (b.eventSequence ?? 0n)));
  const seen = new Set<string>();
  const rows = inOrder.map((message) => {
    const endpointId = endpointIds.get(keyOf(endpointOf(message))) ?? '';
    const group = `${endpointId} ${message.groupId}`;
    const isFirst = !heldBack && !seen.has(group);
    seen.add(group);
    return { ...message, endpointId, isFirst };
  });
  transaction.send(ADD_NOTIFICATIONS, [
    operatorId,
    rows.map(({ id }) => id),
    rows.map(({ endpointId }) => endpointId),
    rows.map(({ merchantId }) => merchantId),
    rows.map(({ mode }) => mode),
    rows.map(({ orderId }) => orderId),
    rows.map(({ groupId }) => groupId),
    rows.map(({ eventSequence }) => eventSequence),
    rows.map(({ type }) => type),
    rows.map(({ url }) => url),
    rows.map(({ format }) => format),
    rows.map(({ body }) => body),
    rows.map(({ occurredAt }) => occurredAt),
    realNow,
    rows.map(({ isFirst }) => isFirst),
  ]);
  const ids = [...endpointIds.values()];
  if (!heldBack) transaction.send(WAKE_ENDPOINTS, [operatorId, ids, realNow]);
  return ids;
}

/** The endpoints of these messages, locked, by their keys. */
async function lockedEndpoints(
  transaction: Transaction,
  messages: readonly AddressedMessage[],
): Promise<ReadonlyMap<string, string>> {
  const { operatorId, realNow } = transaction;
  const wanted = [...new Map(messages.map(endpointOf).map((each) => [keyOf(each), each])).values()];
  const merchantIds = wanted.map(({ merchantId }) => merchantId);
  const modes = wanted.map(({ mode }) => mode);
  const origins = wanted.map(({ origin }) => origin);
  transaction.send(ADD_ENDPOINTS, [operatorId, wanted.map(newUuid), merchantIds, modes, origins, realNow]);
  const parameters = [operatorId, merchantIds, modes, origins];
  const rows = await transaction.query<Endpoint & { id: string; isNotified: boolean }>(LOCK_ENDPOINTS, parameters);
  const isTold = new Set(messages.filter(({ type }) => type !== TEST_TYPE).map((each) => keyOf(endpointOf(each))));
  const newlyTold = rows.filter((row) => !row.isNotified && isTold.has(keyOf(row)));
  if (newlyTold.length > 0) transaction.send(MARK_NOTIFIED, [operatorId, newlyTold.map(({ id }) => id)]);
  return new Map(rows.map((row) => [keyOf(row), row.id]));
}

function endpointOf({ merchantId, mode, url }: AddressedMessage): Endpoint {
  return { merchantId, mode, origin: new URL(url).origin };
}

function keyOf({ merchantId, mode, origin }: Endpoint): string {
  return `${merchantId} ${mode} ${origin}`;
}
