import { DomainError, notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { CredentialSnapshot } from '../payment-systems/index.js';
import type { PayerOwner } from './resolve-payer.js';
import type { CredentialStatus, CredentialType, MandateStatus, RemovalReason } from './stored-credential.entity.js';
import { CREDENTIAL_BY_TOKEN, CREDENTIAL_WITH_PAYER, KEEP_CREDENTIAL } from './stored-credentials-sql.js';

/** A stored credential as `stored-credentials-sql.ts` reads it. */
export type CredentialRow = {
  id: string;
  payerId: string;
  accountId: string;
  type: CredentialType;
  externalId: string;
  externalCustomerId: string;
  brand: string | null;
  lastFour: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  status: CredentialStatus;
  removedBecause: RemovalReason | null;
  mandateExternalId: string | null;
  mandateStatus: MandateStatus | null;
  mandateReference: string | null;
  mandateUrl: string | null;
  dueAt: Date | null;
  tries: number;
  createdAt: Date;
};

/** With whose payer's it is. */
export type OwnedCredential = CredentialRow & { merchantId: string; mode: 'TEST' | 'LIVE' };

/** Whatever its status is: whoever is to charge it looks at that. Null for an id that is nobody's in the operator. */
export async function credentialById(sql: Transaction, credentialId: string): Promise<OwnedCredential | null> {
  const [found] = await sql.query<OwnedCredential>(CREDENTIAL_WITH_PAYER, [sql.operatorId, credentialId]);
  return found ?? null;
}

export interface CredentialUse {
  readonly owner: PayerOwner;
  readonly credentialId: string | null;
  /** The payer of the order, when it names one. */
  readonly payerId: string | null;
  readonly accountId: string;
}

/** The credential, if it may be used so. One of another merchant's payer does not exist for the caller. */
export async function usableCredential(transaction: Transaction, use: CredentialUse): Promise<CredentialRow> {
  const found = use.credentialId && (await credentialById(transaction, use.credentialId));
  if (!found || found.merchantId !== use.owner.merchantId || found.mode !== use.owner.mode) {
    throw notFound('stored credential');
  }
  if (found.status !== 'ACTIVE')
    throw new DomainError('CREDENTIAL_UNUSABLE', 'storedCredentialId: the credential was removed');
  if (use.payerId && found.payerId !== use.payerId) {
    throw new DomainError(
      'CREDENTIAL_UNUSABLE',
      'storedCredentialId: the credential belongs to another payer than the order',
    );
  }
  if (found.accountId !== use.accountId) {
    throw new DomainError(
      'CREDENTIAL_UNUSABLE',
      'storedCredentialId: the credential was stored at another payment system account than the order is for',
    );
  }
  return found;
}

export interface TokenUse extends Omit<CredentialUse, 'credentialId'> {
  readonly token: string;
}

/** A stored card is its payer's under the payment system's own ids too: whoever learnt them cannot charge it. */
export async function assertNotAnothers(transaction: Transaction, use: TokenUse): Promise<void> {
  const { owner, payerId, accountId, token } = use;
  const key = [transaction.operatorId, accountId, token];
  const [found] = await transaction.query<OwnedCredential>(CREDENTIAL_BY_TOKEN, key);
  if (!found) return;
  const isOwn = found.merchantId === owner.merchantId && found.mode === owner.mode;
  if (isOwn && (!payerId || found.payerId === payerId)) return;
  throw new DomainError('CREDENTIAL_UNUSABLE', 'token: it is stored for another payer than the order is for');
}

/** Keeps a payer's means of payment, as the payment system now has it; resolves with its id. Nothing is kept that belongs to no customer. */
export async function keepCredential(
  transaction: Transaction,
  payerId: string,
  accountId: string,
  snapshot: CredentialSnapshot,
): Promise<string | null> {
  if (!snapshot.externalCustomerId) return null;
  const { externalId, externalCustomerId, type, brand, lastFour, expiryMonth, expiryYear, mandateExternalId } =
    snapshot;
  const [kept] = await transaction.query<{ id: string }>(KEEP_CREDENTIAL, [
    transaction.operatorId,
    newUuid(),
    payerId,
    accountId,
    type,
    externalId,
    externalCustomerId,
    brand,
    lastFour,
    expiryMonth,
    expiryYear,
    transaction.now,
    mandateExternalId,
    transaction.realNow,
  ]);
  return kept?.id ?? null;
}
