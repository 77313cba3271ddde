import { DomainError, notFound } from '../../kernel/errors.js';
import { newUuid, publicId } from '../../kernel/ids.js';
import { statement, violatedConstraint } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { connectedAs, insertAccount } from './account-changes-sql.js';
import { type AccountFacts, existingAccountFacts } from './account-facts.js';
import { answeredValue, type ConnectionParts } from './connection-parts.js';
import { type KeyPair, type KeyPairMode, keyHint, modeOfKeys } from './domain/account-keys.js';
import { answeredBefore } from './earlier-result.js';
import type { ExternalAccount, RegisteredWebhook } from './payment-system.js';
import { registerWebhook, removeUnlessRecorded } from './register-webhook.js';
import { insertEndpoint } from './webhook-endpoint-sql.js';

export interface Caller {
  readonly operatorId: string;
  /** Of the API key that asks. */
  readonly mode: KeyPairMode;
}

interface Connecting {
  readonly operatorId: string;
  readonly accountId: string;
  readonly keys: KeyPair;
  readonly mode: KeyPairMode;
  readonly external: ExternalAccount;
  /** Null where the payment system cannot reach us. */
  readonly webhook: RegisteredWebhook | null;
}

/**
 * Connects an operator's own account at a payment system: whose keys they are
 * is asked there, and an endpoint for its events is made. Both happen outside
 * of any transaction, and what was made is removed again if it cannot be kept.
 */
export async function connectPaymentSystem(
  parts: ConnectionParts,
  { operatorId, mode: callersMode }: Caller,
  keys: KeyPair,
  request: IdempotentRequest,
): Promise<AccountFacts> {
  const mode = modeOfKeys(keys, callersMode);
  const earlier = await parts.units.sql(operatorId, (transaction) => replayed(transaction, request));
  if (earlier) return earlier;

  const system = parts.gateways.systemWith(keys.secretKey);
  if (mode === 'LIVE' && parts.units.clocks.aheadMs(operatorId) > 0) throw aheadOfTime();
  const external = answeredValue(await system.describeAccount(), 'checking the secret key');
  await parts.units.sql(operatorId, (transaction) => refuseSecond(transaction, mode, external.externalId));

  const accountId = newUuid();
  const owner = { operatorId, accountId };
  const webhook = parts.address.isReachable
    ? await registerWebhook(parts, system, owner, `connect:${accountId}`)
    : null;
  const connecting = { operatorId, accountId, keys, mode, external, webhook };
  let kept: AccountFacts | null = null;
  try {
    kept = await parts.units
      .sql(operatorId, (transaction) => record(parts, transaction, connecting, request))
      .catch((error: unknown) => {
        throw violatedConstraint(error) === 'payment_system_accounts_never_ahead' ? aheadOfTime() : error;
      });
    return kept;
  } finally {
    if (webhook && kept?.id !== accountId) {
      const recordingEnds = (transaction: Transaction) => connectedAs(transaction, mode, external.externalId);
      await removeUnlessRecorded(parts, system, { ...owner, webhook, recordingEnds });
    }
  }
}

async function replayed(transaction: Transaction, request: IdempotentRequest): Promise<AccountFacts | null> {
  const earlier = await answeredBefore(transaction, request);
  return earlier ? existingAccountFacts(transaction, earlier.accountId ?? '') : null;
}

async function refuseSecond(transaction: Transaction, mode: KeyPairMode, externalId: string): Promise<void> {
  const accountId = await connectedAs(transaction, mode, externalId);
  if (accountId === null) return;
  const name = publicId('paymentSystemAccount', accountId);
  throw new DomainError(
    'DUPLICATE_REFERENCE',
    `${externalId} is connected in ${mode} mode already, as ${name}: replace its keys with rotatePaymentSystemKeys`,
  );
}

function aheadOfTime(): DomainError {
  return new DomainError(
    'ILLEGAL_TRANSITION',
    "the operator's test clock was moved ahead, and real payers live in real time: connect a live account to an operator whose clock was not",
  );
}

const DATA_KEY = statement('operator_data_key', 'select data_key as "dataKey" from operators where id = $1');

function record(
  { gateways }: ConnectionParts,
  transaction: Transaction,
  connecting: Connecting,
  request: IdempotentRequest,
): Promise<AccountFacts> {
  const { operatorId, accountId, keys, mode, external, webhook } = connecting;
  const make = async () => {
    await refuseSecond(transaction, mode, external.externalId);
    const [operator] = await transaction.query<{ dataKey: string }>(DATA_KEY, [operatorId]);
    if (!operator) throw notFound('operator');
    const secrets = gateways.secretsOf({ operatorId, ...operator });
    await insertAccount(transaction, {
      id: accountId,
      mode,
      publishableKey: keys.publishableKey,
      secretKeyEncrypted: secrets.encrypt(keys.secretKey, { operatorId, rowId: accountId, of: 'secretKey' }),
      secretKeyHint: keyHint(keys.secretKey),
      externalAccountId: external.externalId,
      country: external.country,
      polled: webhook === null,
    });
    if (webhook) {
      const id = newUuid();
      const secretEncrypted = secrets.encrypt(webhook.secret, { operatorId, rowId: id, of: 'webhookSecret' });
      await insertEndpoint(transaction, { id, accountId, externalId: webhook.externalId, secretEncrypted });
    }
    announce(transaction, connecting);
    return { result: { accountId }, value: await existingAccountFacts(transaction, accountId) };
  };
  return idempotently(transaction, request, make, (result) =>
    existingAccountFacts(transaction, result.accountId ?? ''),
  );
}

function announce(transaction: Transaction, { accountId, mode, external }: Connecting): void {
  transaction.publish({
    type: 'payment_system.connected',
    subjectId: accountId,
    merchantId: null,
    payload: {
      accountId: publicId('paymentSystemAccount', accountId),
      mode,
      externalAccountId: external.externalId,
    },
  });
}
