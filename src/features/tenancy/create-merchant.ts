import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { DEFAULT_SOURCES } from './domain/transaction-source.js';
import { Merchant, type MerchantChanges } from './merchant.entity.js';
import { Operator } from './operator.entity.js';

export interface NewMerchant extends MerchantChanges {
  readonly name: string;
}

/** Makes a merchant of the unit's operator; what is not said is as for most shops. */
export function createMerchant(
  uow: UnitOfWork,
  { name, timeZone, allowedSources = [...DEFAULT_SOURCES], ...rest }: NewMerchant,
  request: IdempotentRequest | null = null,
): Promise<Merchant> {
  const make = async () => {
    const zone = timeZone ?? (await uow.em.findOneOrFail(Operator, { id: uow.operatorId })).timeZone;
    const merchant = new Merchant(uow.operatorId, name, zone, allowedSources, uow.now);
    merchant.change(rest, uow.now);
    uow.em.persist(merchant);
    uow.publish({ type: 'merchant.created', subjectId: merchant.id, merchantId: merchant.id, payload: { name } });
    return { result: { merchantId: merchant.id }, value: merchant };
  };
  return idempotently(uow, request, make, ({ merchantId = '' }) => uow.em.findOneOrFail(Merchant, { id: merchantId }));
}
