import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { RemovalReason } from './stored-credential.entity.js';
import type { CredentialRow, OwnedCredential } from './stored-credentials.js';

/** What others may react to. Payloads hold public ids: merchants read them. */
export const STORED_CREDENTIAL_REMOVED = 'stored_credential.removed';
export const STORED_CREDENTIAL_UPDATED = 'stored_credential.updated';

/** What shows of a card when its bank renews it. */
export type CredentialFace = Pick<CredentialRow, 'brand' | 'lastFour' | 'expiryMonth' | 'expiryYear'>;

export function credentialRemoved(credential: OwnedCredential, reason: RemovalReason): DomainEvent {
  return credentialEvent(STORED_CREDENTIAL_REMOVED, credential, { reason });
}

export function credentialUpdated(credential: OwnedCredential, after: CredentialFace): DomainEvent {
  return credentialEvent(STORED_CREDENTIAL_UPDATED, credential, { before: shown(credential), after: shown(after) });
}

function shown({ lastFour, expiryMonth, expiryYear }: CredentialFace) {
  return { lastFour, expiryMonth, expiryYear };
}

function credentialEvent(
  type: string,
  { id, payerId, merchantId, mode }: OwnedCredential,
  payload: Record<string, unknown>,
): DomainEvent {
  const storedCredentialId = publicId('storedCredential', id);
  return {
    type,
    subjectId: id,
    merchantId,
    payload: { storedCredentialId, payerId: publicId('payer', payerId), mode, ...payload },
  };
}
