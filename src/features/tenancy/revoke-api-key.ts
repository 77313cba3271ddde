import { LockMode } from '@mikro-orm/core';
import { notFound } from '../../kernel/errors.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { ApiKey } from './api-key.entity.js';

/** Ends a key for ever. A key that was revoked already is success, and is announced no second time. */
export async function revokeApiKey(uow: UnitOfWork, keyId: string): Promise<ApiKey> {
  const apiKey = await uow.em.findOne(ApiKey, { id: keyId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!apiKey) throw notFound('API key');
  if (apiKey.revoke(uow.now)) {
    uow.publish({ type: 'api_key.revoked', subjectId: apiKey.id, merchantId: apiKey.merchantId, payload: {} });
  }
  return apiKey;
}
