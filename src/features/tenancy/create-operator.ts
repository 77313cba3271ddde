import { createHash } from 'node:crypto';
import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { newDataKey } from '../../platform/secrets/envelope.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { ApiKey } from './api-key.entity.js';
import { SCOPES_BY_KIND } from './domain/scopes.js';
import { type IssuedKey, issueApiKey } from './issue-api-key.js';
import { Operator } from './operator.entity.js';

export interface NewOperator {
  readonly name: string;
  readonly timeZone: string;
}

export interface CreatedOperator extends IssuedKey {
  readonly operator: Operator;
}

/**
 * The id under which a request makes its operator; the unit of work is opened
 * with it. It follows from the idempotency key where there is one, so that a
 * repeated request meets the first one's key row in the same operator: a
 * transaction sees one operator's rows only, and this one has none yet.
 */
export function operatorIdFor({ owner, key }: Pick<IdempotentRequest, 'owner' | 'key'>): string {
  if (key == null) return newUuid();
  const hex = createHash('sha256').update(`createOperator\n${owner}\n${key}`).digest('hex');
  // A version 8 UUID: its bits are ours to choose.
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}

/** Makes the unit's operator with a data key and a first API key, for tests of its integration. */
export function createOperator(
  uow: UnitOfWork,
  masterKeys: MasterKeys,
  { name, timeZone }: NewOperator,
  request: IdempotentRequest | null = null,
): Promise<CreatedOperator> {
  const make = async () => {
    await requireUnmade(uow);
    const operator = new Operator(uow.operatorId, name, timeZone, newDataKey(masterKeys, uow.operatorId), uow.now);
    uow.em.persist(operator);
    uow.publish({ type: 'operator.created', subjectId: operator.id, merchantId: null, payload: { name, timeZone } });
    const value = { operator, ...issueApiKey(uow, FIRST_KEY) };
    return { result: { apiKeyId: value.apiKey.id }, value };
  };
  return idempotently<CreatedOperator>(uow, request, make, async ({ apiKeyId = '' }) => ({
    operator: await uow.em.findOneOrFail(Operator, { id: uow.operatorId }),
    apiKey: await uow.em.findOneOrFail(ApiKey, { id: apiKeyId }),
    secret: null,
  }));
}

/** Keys are forgotten after a week, but the id that followed from one stays taken. */
async function requireUnmade(uow: UnitOfWork): Promise<void> {
  if (!(await uow.em.findOne(Operator, { id: uow.operatorId }))) return;
  throw new DomainError(
    'IDEMPOTENCY_KEY_REUSED',
    'this idempotencyKey was used so long ago that its answer is forgotten',
  );
}

const FIRST_KEY = {
  kind: 'OPERATOR',
  mode: 'TEST',
  merchantId: null,
  name: 'first key',
  scopes: SCOPES_BY_KIND.OPERATOR,
  expiresAt: null,
} as const;
