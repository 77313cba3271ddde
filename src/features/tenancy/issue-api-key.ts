import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type ApiKeyKind, newApiKey } from '../../platform/secrets/api-key.js';
import { ApiKey } from './api-key.entity.js';
import type { KeyGrant } from './domain/key-grant.js';
import type { KeyKind } from './domain/scopes.js';

/** A key and its text. The text is null when the request is repeated: nobody can tell it a second time. */
export interface IssuedKey {
  readonly apiKey: ApiKey;
  readonly secret: string | null;
}

const KIND_IN_KEY: Readonly<Record<KeyKind, ApiKeyKind>> = { PLATFORM: 'plat', OPERATOR: 'op', MERCHANT: 'mer' };

/** Makes a key in the unit's operator; only its hash stays. */
export function issueApiKey(uow: UnitOfWork, grant: Omit<KeyGrant, 'operatorId'>): IssuedKey {
  const mode = grant.mode === 'LIVE' ? 'live' : 'test';
  const { key, hash, hint } = newApiKey({ mode, kind: KIND_IN_KEY[grant.kind] });
  const apiKey = new ApiKey(uow.operatorId, { ...grant, scopes: [...grant.scopes], hash, hint }, uow.realNow);
  uow.em.persist(apiKey);
  uow.publish({
    type: 'api_key.created',
    subjectId: apiKey.id,
    merchantId: grant.merchantId,
    payload: { kind: grant.kind, mode: grant.mode, name: grant.name, scopes: grant.scopes },
  });
  return { apiKey, secret: key };
}
