import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { type IdempotentRequest, requestHash } from '../../platform/idempotency/idempotent-request.js';
import { keyOf, READ_KEY } from '../../platform/idempotency/idempotently.js';
import { orderById } from '../orders/index.js';

/** What is there after a row; of a rehearsal nothing is. */
export interface RowEffect {
  readonly agreementId: string | null;
  readonly orderId: string | null;
}

/** What the same request has made already; null where it has made nothing. */
export function keptResultOf(
  units: UnitsOfWork,
  operatorId: string,
  request: IdempotentRequest,
): Promise<RowEffect | null> {
  return units.sql(operatorId, async (transaction) => {
    const [kept] = await transaction.query(READ_KEY, keyOf(transaction, request));
    if (kept?.request_hash !== requestHash(request)) return null;
    const { orderId, agreementId } = JSON.parse(String(kept.result)) as Record<string, string>;
    if (orderId === undefined) return { agreementId: agreementId ?? null, orderId: null };
    const order = await orderById(transaction, orderId);
    return { agreementId: order?.agreementId ?? null, orderId };
  });
}
