import { later } from '../../kernel/clock.js';
import { DomainError, invalidInput } from '../../kernel/errors.js';
import { newUuid, publicId } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { lockAccount, replaceKeys } from './account-changes-sql.js';
import { type AccountFacts, existingAccountFacts } from './account-facts.js';
import { accountOf } from './account-for.js';
import type { AccountRow } from './account-sql.js';
import type { Caller } from './connect-payment-system.js';
import { answeredValue, type ConnectionParts } from './connection-parts.js';
import { type KeyPair, keyHint, modeOfKeys } from './domain/account-keys.js';
import { answeredBefore } from './earlier-result.js';
import { reviveEvents } from './inbox-sql.js';
import type { RegisteredWebhook } from './payment-system.js';
import { registerWebhook, removeUnlessRecorded } from './register-webhook.js';
import { insertEndpoint, retireEndpoints } from './webhook-endpoint-sql.js';

export interface KeyRotation extends KeyPair {
  readonly accountId: string;
  /** For so long events signed with the older endpoint's secret are still taken in. */
  readonly overlapHours: number;
}

const HOUR_MS = 3_600_000;

/** The name of a fact; others may react to it. */
export const KEYS_ROTATED = 'payment_system.keys_rotated';

/**
 * Puts new keys in the place of an account's old ones. The payment system
 * cannot give an endpoint a new secret, so a second endpoint is made with the
 * new key, and the first is removed when the overlap is over. Events that the
 * old keys could not look up are tried again with the new ones.
 */
export async function rotatePaymentSystemKeys(
  parts: ConnectionParts,
  { operatorId, mode: callersMode }: Caller,
  rotation: KeyRotation,
  request: IdempotentRequest,
): Promise<AccountFacts> {
  const { accountId } = rotation;
  const before = await parts.units.sql(operatorId, async (transaction) => ({
    account: await accountOf(transaction, operatorId, accountId),
    earlier: await answeredBefore(transaction, request),
    facts: await existingAccountFacts(transaction, accountId),
  }));
  if (before.earlier) return before.facts;
  assertRotatable(before.account, callersMode);
  modeOfKeys(rotation, callersMode);

  const system = parts.gateways.systemWith(rotation.secretKey);
  const external = answeredValue(await system.describeAccount(), 'checking the secret key');
  assertSameAccount(before.account, external.externalId);

  const owner = { operatorId, accountId };
  const webhook = before.account.polled ? null : await registerWebhook(parts, system, owner, `rotate:${newUuid()}`);
  const replacement = { account: before.account, rotation, webhook };
  let recorded = false;
  try {
    return await parts.units.sql(operatorId, (transaction) => {
      const record = async () => {
        const value = await replace(parts, transaction, replacement);
        recorded = true;
        return { result: { accountId }, value };
      };
      return idempotently(transaction, request, record, () => existingAccountFacts(transaction, accountId));
    });
  } catch (error) {
    recorded = false;
    throw error;
  } finally {
    if (webhook && !recorded) {
      const recordingEnds = (transaction: Transaction) => lockAccount(transaction, accountId);
      await removeUnlessRecorded(parts, system, { ...owner, webhook, recordingEnds });
    }
  }
}

function assertRotatable({ mode, status }: AccountRow, callersMode: string): void {
  if (mode !== callersMode) {
    throw new DomainError(
      'KEY_MODE_MISMATCH',
      `the account is in ${mode} mode, and your API key in ${callersMode} mode`,
    );
  }
  if (status === 'DISCONNECTED') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      'the account is disconnected: connect it again with connectPaymentSystem',
    );
  }
}

function assertSameAccount({ externalAccountId }: AccountRow, found: string): void {
  if (found === externalAccountId) return;
  throw invalidInput([
    { path: ['secretKey'], message: `must be a key of ${externalAccountId}; it is one of ${found}, another account` },
  ]);
}

interface Replacement {
  readonly account: AccountRow;
  readonly rotation: KeyRotation;
  /** Null where events are fetched. */
  readonly webhook: RegisteredWebhook | null;
}

async function replace(
  { gateways }: ConnectionParts,
  transaction: Transaction,
  { account, rotation, webhook }: Replacement,
): Promise<AccountFacts> {
  const { operatorId, realNow } = transaction;
  const { accountId, publishableKey, secretKey, overlapHours } = rotation;
  const secrets = gateways.secretsOf(account);
  const secretKeyEncrypted = secrets.encrypt(secretKey, { operatorId, rowId: accountId, of: 'secretKey' });
  const keys = { id: accountId, publishableKey, secretKeyEncrypted, secretKeyHint: keyHint(secretKey) };
  if (!(await replaceKeys(transaction, keys))) {
    throw new DomainError('ILLEGAL_TRANSITION', 'the account was disconnected meanwhile');
  }
  if (webhook) {
    await retireEndpoints(transaction, accountId, later(realNow, overlapHours * HOUR_MS));
    const id = newUuid();
    const secretEncrypted = secrets.encrypt(webhook.secret, { operatorId, rowId: id, of: 'webhookSecret' });
    await insertEndpoint(transaction, { id, accountId, externalId: webhook.externalId, secretEncrypted });
  }
  await reviveEvents(transaction, accountId);
  transaction.publish({
    type: KEYS_ROTATED,
    subjectId: accountId,
    merchantId: null,
    payload: { accountId: publicId('paymentSystemAccount', accountId), secretKeyHint: keys.secretKeyHint },
  });
  return existingAccountFacts(transaction, accountId);
}
