import { invalidInput, notFound } from '../../kernel/errors.js';
import { newUuid, publicId } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { type Mode, readMerchants, signingSecretsOf } from '../tenancy/index.js';
import { addNotifications } from './add-notifications.js';
import { HURRY, LOCK_ENDPOINT } from './delivery-sql.js';
import { HEALTHY } from './domain/endpoint-health.js';
import { bodyOf } from './domain/message.js';
import { writeHealth } from './endpoint-turn.js';
import { WAKE_ENDPOINTS } from './fan-out-sql.js';
import type { Attempt, DueNotification, LeasedEndpoint } from './notification-rows.js';
import { type Outside, type Signers, sendNotification, signersOf } from './send-notification.js';
import { settleAttempts } from './settle-attempts.js';
import { TEST_TYPE } from './what-is-notified.js';

export interface TestWanted {
  readonly merchantId: string;
  /** Null: the merchant's own. */
  readonly url: string | null;
}

export interface TestParts extends Outside {
  readonly units: UnitsOfWork;
  readonly masterKeys: MasterKeys;
}

/** Whose key asks. */
export interface Tester {
  readonly operatorId: string;
  readonly mode: Mode;
}

interface Prepared {
  readonly endpointId: string;
  readonly notification: DueNotification;
  readonly signers: Signers;
}

/**
 * Sends a notification that tells of nothing, as all others are sent, and
 * answers how it was taken. It is tried once, also where an endpoint is paused:
 * whoever tests has mended something, and an `ok` ends the pause.
 */
export async function sendTestNotification(parts: TestParts, tester: Tester, wanted: TestWanted): Promise<Attempt> {
  const { units, masterKeys } = parts;
  const { operatorId } = tester;
  const { endpointId, notification, signers } = await units.sql(operatorId, (transaction) =>
    prepare(transaction, masterKeys, tester, wanted),
  );
  const attempt = await sendNotification(parts, notification, signers);
  await units.sql(operatorId, (transaction) => record(transaction, endpointId, attempt));
  return attempt;
}

async function prepare(
  transaction: Transaction,
  masterKeys: MasterKeys,
  { mode }: Tester,
  { merchantId, url: given }: TestWanted,
): Promise<Prepared> {
  const [merchant] = await readMerchants(transaction, transaction.operatorId, [merchantId]);
  if (!merchant) throw notFound('merchant');
  const url = given ?? merchant.callbackUrl;
  if (!url) throw invalidInput([{ path: ['url'], message: 'the merchant has no callbackUrl: give the URL to try' }]);
  const id = newUuid();
  const format = merchant.callbackFormat;
  const occurredAt = transaction.realNow;
  const data = { merchantId: publicId('merchant', merchantId) };
  const body = bodyOf({ id: publicId('notification', id), type: TEST_TYPE, occurredAt, mode, data }, format);
  const alone = { groupId: id, orderId: null, eventSequence: null, type: TEST_TYPE };
  const message = { id, merchantId, mode, url, format, body, occurredAt, ...alone };
  const [endpointId = ''] = await addNotifications(transaction, [message], { heldBack: true });
  const signers = signersOf(await signingSecretsOf(transaction, masterKeys, { merchantId, mode }));
  const notification = { id, groupId: id, url, format, body, attempts: 0, tries: 0, firstTriedAt: null, occurredAt };
  return { endpointId, notification, signers };
}

async function record(transaction: Transaction, endpointId: string, attempt: Attempt): Promise<void> {
  const { operatorId, realNow } = transaction;
  const [endpoint] = await transaction.query<LeasedEndpoint>(LOCK_ENDPOINT, [operatorId, endpointId]);
  const isDelivered = attempt.outcome === 'DELIVERED';
  const status = isDelivered ? 'DELIVERED' : 'EXHAUSTED';
  await settleAttempts(transaction, endpointId, [attempt], () => ({ status, dueAt: null }));
  if (!endpoint || !isDelivered) return;
  writeHealth(transaction, endpoint, HEALTHY, [attempt]);
  if (endpoint.status === 'HEALTHY') return;
  transaction.send(HURRY, [operatorId, endpointId, realNow]);
  transaction.send(WAKE_ENDPOINTS, [operatorId, [endpointId], realNow]);
}
