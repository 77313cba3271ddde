import { newUuid, publicId, uuidOf } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { positionOf } from '../../platform/events/event-cursor.js';
import { readOperatorAfter } from '../../platform/events/event-log-sql.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { callbackUrlsOf } from '../orders/index.js';
import { type MerchantFacts, type Mode, readMerchants } from '../tenancy/index.js';
import { type AddressedMessage, addNotifications, type NewNotification } from './add-notifications.js';
import { bodyOf } from './domain/message.js';
import { isNotified } from './domain/notified.js';
import { ADVANCE_CURSOR, ENSURE_CURSOR, LOCK_CURSOR } from './fan-out-sql.js';
import { WHAT_IS_NOTIFIED } from './what-is-notified.js';

/** So many events are turned into notifications in one transaction. */
const BATCH_MAX = 500;

export interface FannedOut {
  /** Notifications that were written. */
  readonly made: number;
  readonly endpointIds: readonly string[];
  /** More of the log may be settled behind these. */
  readonly isMore: boolean;
}

const NOTHING: FannedOut = { made: 0, endpointIds: [], isMore: false };

/** Takes what has settled in an operator's log since the last time, and writes a notification for all that is to be told. */
export async function fanOut(transaction: Transaction): Promise<FannedOut> {
  const { operatorId } = transaction;
  transaction.send(ENSURE_CURSOR, [operatorId]);
  const [cursor] = await transaction.query<{ transactionId: string; sequence: bigint }>(LOCK_CURSOR, [operatorId]);
  if (!cursor) return NOTHING;
  const after = { transactionId: BigInt(cursor.transactionId), sequence: BigInt(cursor.sequence) };
  const events = await readOperatorAfter(transaction, after, BATCH_MAX);
  const last = events.at(-1);
  if (!last) return NOTHING;
  const messages = await addressed(
    transaction,
    events.filter((event) => isNotified(WHAT_IS_NOTIFIED, event)),
  );
  const endpointIds = await addNotifications(transaction, messages);
  const { transactionId, sequence } = positionOf(last.cursor);
  transaction.send(ADVANCE_CURSOR, [operatorId, String(transactionId), sequence]);
  return { made: messages.length, endpointIds, isMore: events.length === BATCH_MAX };
}

/** With where each goes: the order's own address, else the merchant's. What has neither is nobody's to hear. */
async function addressed(transaction: Transaction, events: readonly FeedEvent[]): Promise<AddressedMessage[]> {
  if (events.length === 0) return [];
  const orderIds = [...new Set(events.flatMap((event) => orderIdOf(event) ?? []))];
  const merchantIds = [...new Set(events.flatMap(({ merchantId }) => merchantId ?? []))];
  const [own, merchants] = await Promise.all([
    callbackUrlsOf(transaction, transaction.operatorId, orderIds),
    readMerchants(transaction, transaction.operatorId, merchantIds),
  ]);
  const byId = new Map(merchants.map((merchant) => [merchant.id, merchant]));
  return events.flatMap((event) => {
    const merchant = byId.get(event.merchantId ?? '');
    const url = own.get(orderIdOf(event) ?? '') ?? merchant?.callbackUrl;
    return merchant && url ? [{ url, ...notificationOf(event, merchant) }] : [];
  });
}

function notificationOf(event: FeedEvent, merchant: MerchantFacts): NewNotification {
  const { mode, ...data } = event.payload;
  const id = newUuid();
  const orderId = orderIdOf(event);
  const { type, occurredAt } = event;
  const message = { id: publicId('notification', id), type, occurredAt, mode: String(mode), data };
  return {
    id,
    merchantId: merchant.id,
    mode: mode as Mode,
    orderId,
    groupId: invoiceIdOf(event) ?? orderId ?? idIn(event, 'agreement') ?? event.subjectId,
    eventSequence: positionOf(event.cursor).sequence,
    type,
    format: merchant.callbackFormat,
    body: bodyOf(message, merchant.callbackFormat),
    occurredAt,
  };
}

function orderIdOf(event: FeedEvent): string | null {
  return idIn(event, 'order');
}

/** What is told of an invoice is told in its order, whichever of its orders it has to do with. */
function invoiceIdOf(event: FeedEvent): string | null {
  return /^(?:invoice|credit_note)\./.test(event.type) ? idIn(event, 'invoice') : null;
}

/** Payloads are for merchants, so ids in them are public. */
function idIn({ payload }: FeedEvent, kind: 'order' | 'agreement' | 'invoice'): string | null {
  const id = payload[`${kind}Id`];
  return typeof id === 'string' ? uuidOf(kind, id) : null;
}
