import type { Transaction } from '../../platform/database/transaction.js';
import type {
  AccountRow,
  Answer,
  CredentialSnapshot,
  InboxHandlers,
  InboxOutcome,
  MandateSnapshot,
} from '../payment-systems/index.js';
import type { CredentialCarriers } from './carry-out-credential.js';
import { lockedCredential, recordMandate, remove } from './credential-changes.js';
import { type CredentialFace, credentialUpdated } from './credential-events.js';
import type { OwnedCredential } from './stored-credentials.js';
import {
  CREDENTIAL_BY_MANDATE,
  CREDENTIAL_BY_TOKEN,
  NOTHING_DUE,
  UPDATE_CREDENTIAL,
} from './stored-credentials-sql.js';

/**
 * What a payment system's event means for stored credentials: a bank renewed a
 * card, somebody detached one, a mandate was withdrawn. The event is a hint;
 * what it is about is fetched again.
 */
export function payerInboxHandlers(carriers: CredentialCarriers): Pick<InboxHandlers, 'credential' | 'mandate'> {
  return {
    credential: (account, externalId) => onCredential(carriers, account, externalId),
    mandate: (account, externalId) => onMandate(carriers, account, externalId),
  };
}

async function onCredential(
  { units, gateways }: CredentialCarriers,
  account: AccountRow,
  externalId: string,
): Promise<InboxOutcome> {
  const { operatorId } = account;
  const known = await units.sql(operatorId, (tx) => find(tx, CREDENTIAL_BY_TOKEN, account, externalId));
  if (!known) return 'foreign';
  const snapshot = shown<CredentialSnapshot | null>(await gateways.gatewayFor(account).retrieveCredential(externalId));
  await units.sql(operatorId, (tx) => (snapshot ? recordFace(tx, known, snapshot) : recordDetached(tx, known.id)));
  return 'done';
}

async function onMandate(
  { units, gateways }: CredentialCarriers,
  account: AccountRow,
  externalId: string,
): Promise<InboxOutcome> {
  const { operatorId } = account;
  const known = await units.sql(operatorId, (tx) => find(tx, CREDENTIAL_BY_MANDATE, account, externalId));
  if (!known) return 'foreign';
  const snapshot = shown<MandateSnapshot>(await gateways.gatewayFor(account).retrieveMandate(externalId));
  await units.sql(operatorId, (tx) => recordMandate(tx, known.id, snapshot));
  return 'done';
}

async function find(
  transaction: Transaction,
  by: typeof CREDENTIAL_BY_TOKEN,
  account: AccountRow,
  externalId: string,
): Promise<OwnedCredential | null> {
  const [found] = await transaction.query<OwnedCredential>(by, [account.operatorId, account.id, externalId]);
  return found ?? null;
}

/** Guarded by what was known when the payment system was asked: an older look must not undo a newer one. */
async function recordFace(transaction: Transaction, known: OwnedCredential, after: CredentialFace): Promise<void> {
  const before = await lockedCredential(transaction, known.id);
  if (before.status === 'REMOVED' || sameFace(before, after)) return;
  if (!sameFace(before, known)) throw new Error(`credential ${known.id} was changed meanwhile: it is looked at again`);
  const { brand, lastFour, expiryMonth, expiryYear } = after;
  transaction.send(UPDATE_CREDENTIAL, [transaction.operatorId, known.id, brand, lastFour, expiryMonth, expiryYear]);
  transaction.publish(credentialUpdated(before, after));
}

function sameFace(left: CredentialFace, right: CredentialFace): boolean {
  const keys = ['brand', 'lastFour', 'expiryMonth', 'expiryYear'] as const;
  return keys.every((key) => left[key] === right[key]);
}

/** As a rule the echo of our own detaching, to which nothing is left to do. */
async function recordDetached(transaction: Transaction, credentialId: string): Promise<void> {
  const credential = await lockedCredential(transaction, credentialId);
  if (credential.status === 'ACTIVE')
    remove(transaction, credential, { because: 'DETACHED_ELSEWHERE', detachAt: null });
  else transaction.send(NOTHING_DUE, [transaction.operatorId, credentialId]);
}

function shown<Value>(answer: Answer<Value>): Value {
  if (answer.kind === 'done') return answer.value;
  throw new Error(`the payment system did not show it: ${answer.kind}`);
}
