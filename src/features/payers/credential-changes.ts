import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { MandateSnapshot } from '../payment-systems/index.js';
import { credentialRemoved } from './credential-events.js';
import type { RemovalReason } from './stored-credential.entity.js';
import type { OwnedCredential } from './stored-credentials.js';
import { LOCK_CREDENTIAL, REMOVE_CREDENTIAL, UPDATE_MANDATE } from './stored-credentials-sql.js';

/** The credential, which nobody else changes before the transaction ends. */
export async function lockedCredential(transaction: Transaction, credentialId: string): Promise<OwnedCredential> {
  const key = [transaction.operatorId, credentialId];
  const [credential] = await transaction.query<OwnedCredential>(LOCK_CREDENTIAL, key);
  if (!credential) throw notFound('stored credential');
  return credential;
}

export interface Removal {
  readonly because: RemovalReason;
  /** When it is detached at the payment system; null where nothing is left to be done there. */
  readonly detachAt: Date | null;
}

/** From here on it pays nothing. To be given a locked credential that is ACTIVE; says how that is now. */
export function remove(
  transaction: Transaction,
  credential: OwnedCredential,
  { because, detachAt }: Removal,
): OwnedCredential {
  const { operatorId, now } = transaction;
  transaction.send(REMOVE_CREDENTIAL, [operatorId, credential.id, because, now, detachAt]);
  transaction.publish(credentialRemoved(credential, because));
  return { ...credential, status: 'REMOVED', removedBecause: because, dueAt: detachAt, tries: 0 };
}

/**
 * Keeps what was seen of a mandate, unless the payer has given another one
 * since, or it was withdrawn, which is for good. Without a mandate nothing may
 * be debited.
 */
export async function recordMandate(
  transaction: Transaction,
  credentialId: string,
  { externalId, status, reference, url }: MandateSnapshot,
): Promise<void> {
  const credential = await lockedCredential(transaction, credentialId);
  if (credential.mandateExternalId !== externalId || credential.mandateStatus === 'INACTIVE') return;
  transaction.send(UPDATE_MANDATE, [transaction.operatorId, credentialId, status, reference, url]);
  if (status !== 'INACTIVE' || credential.status === 'REMOVED') return;
  remove(transaction, credential, { because: 'MANDATE_INACTIVE', detachAt: null });
}
