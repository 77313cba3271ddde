import { notFound } from '../../kernel/errors.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { ApiKey } from './api-key.entity.js';
import type { KeyGrant } from './domain/key-grant.js';
import { PLATFORM } from './domain/platform.js';
import { type IssuedKey, issueApiKey } from './issue-api-key.js';
import { Merchant } from './merchant.entity.js';
import { Operator } from './operator.entity.js';

/** Makes a key as granted. Whether it may be granted was decided before, by `keyGrant`. */
export function createApiKey(
  uow: UnitOfWork,
  grant: Omit<KeyGrant, 'operatorId'>,
  request: IdempotentRequest | null = null,
): Promise<IssuedKey> {
  return idempotently<IssuedKey>(
    uow,
    request,
    async () => {
      await requireHolder(uow, grant.merchantId);
      const value = issueApiKey(uow, grant);
      return { result: { apiKeyId: value.apiKey.id }, value };
    },
    async ({ apiKeyId = '' }) => ({ apiKey: await uow.em.findOneOrFail(ApiKey, { id: apiKeyId }), secret: null }),
  );
}

async function requireHolder(uow: UnitOfWork, merchantId: string | null): Promise<void> {
  if (uow.operatorId === PLATFORM) return;
  if (merchantId && !(await uow.em.findOne(Merchant, { id: merchantId }))) throw notFound('merchant');
  if (!merchantId && !(await uow.em.findOne(Operator, { id: uow.operatorId }))) throw notFound('operator');
}
