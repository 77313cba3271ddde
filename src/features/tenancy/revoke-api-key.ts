import { LockMode } from '@mikro-orm/core';
import { notFound } from '../../kernel/errors.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ApiKey } from './api-key.entity.js';
import type { Mode } from './domain/scopes.js';

export interface RevocableKey {
  readonly id: string;
  /** Test and live never mix: a key of the other mode is as unknown as none. Null where both may be ended. */
  readonly mode: Mode | null;
}

/** Ends a key for ever. A key that was revoked already is success, and is announced no second time. */
export async function revokeApiKey(uow: UnitOfWork, { id, mode }: RevocableKey): Promise<ApiKey> {
  const apiKey = await uow.em.findOne(ApiKey, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!apiKey || (mode !== null && apiKey.mode !== mode)) throw notFound('API key');
  if (apiKey.revoke(uow.realNow)) {
    uow.publish({ type: 'api_key.revoked', subjectId: apiKey.id, merchantId: apiKey.merchantId, payload: {} });
  }
  return apiKey;
}
