import { LockMode } from '@mikro-orm/core';
import { notFound } from '../../kernel/errors.js';
import { violatedConstraint } from '../../platform/database/sql.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { Merchant, type MerchantChanges } from './merchant.entity.js';

/** Changes what is given and nothing else; the event names the fields, because values may be addresses. */
export async function updateMerchant(
  uow: UnitOfWork,
  { merchantId, ...changes }: MerchantChanges & { readonly merchantId: string },
  request: IdempotentRequest | null = null,
): Promise<Merchant> {
  const merchant = await uow.em.findOne(Merchant, { id: merchantId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!merchant) throw notFound('merchant');
  const change = async () => {
    const fields = merchant.change(changes, uow.now);
    if (fields.length > 0) {
      uow.publish({ type: 'merchant.updated', subjectId: merchantId, merchantId, payload: { fields } });
    }
    return { result: { merchantId }, value: merchant };
  };
  return idempotently(uow, request, change, async () => merchant);
}

/**
 * Accounts belong to a higher feature, so it is the reference that knows
 * whether the operator has the one named. To be given what the unit of work
 * failed with: the reference is checked when it writes.
 */
export function refuseForeignAccount(error: unknown): never {
  const foreign = violatedConstraint(error) === 'merchants_default_payment_system_account_id_reference';
  throw foreign ? notFound('payment system account') : error;
}
