import { later } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import type { Principal } from '../tenancy/index.js';
import { type CredentialCarriers, carryOutCredential } from './carry-out-credential.js';
import { lockedCredential, remove } from './credential-changes.js';
import { LEASE_MS } from './domain/next-try.js';
import { credentialById, type OwnedCredential } from './stored-credentials.js';

/** Whose credentials may be removed: those of one merchant's payers, or with null of all the operator's. */
export type CredentialCaller = Pick<Principal, 'operatorId' | 'merchantId' | 'mode'>;

interface ClaimedRemoval {
  readonly credential: OwnedCredential;
  /** False when it was removed before. */
  readonly toDetach: boolean;
}

/**
 * Removes a payer's means of payment: from the commit of the claim on it pays
 * nothing, and it is detached at the payment system right after. Should that
 * fail, it stays due until it is done. One that is removed already is success.
 */
export async function removeStoredCredential(
  carriers: CredentialCarriers,
  caller: CredentialCaller,
  credentialId: string,
  idempotency: IdempotentRequest,
): Promise<OwnedCredential> {
  const { operatorId } = caller;
  const { credential, toDetach } = await carriers.units.sql(operatorId, (transaction) =>
    idempotently(
      transaction,
      idempotency,
      async () => ({ result: { credentialId }, value: await claim(transaction, caller, credentialId) }),
      async () => ({ credential: await seen(transaction, credentialId), toDetach: false }),
    ),
  );
  if (toDetach) await carryOutCredential(carriers, operatorId, credential);
  return credential;
}

async function claim(
  transaction: Transaction,
  { merchantId, mode }: CredentialCaller,
  credentialId: string,
): Promise<ClaimedRemoval> {
  const credential = await lockedCredential(transaction, credentialId);
  const isVisible = credential.mode === mode && (merchantId === null || merchantId === credential.merchantId);
  if (!isVisible) throw notFound('stored credential');
  if (credential.status === 'REMOVED') return { credential, toDetach: false };
  // Due only when this process has been silent for too long: it is about to call by itself.
  const detachAt = later(transaction.realNow, LEASE_MS);
  return { credential: remove(transaction, credential, { because: 'REQUESTED', detachAt }), toDetach: true };
}

async function seen(transaction: Transaction, credentialId: string): Promise<OwnedCredential> {
  const credential = await credentialById(transaction, credentialId);
  if (!credential) throw notFound('stored credential');
  return credential;
}
