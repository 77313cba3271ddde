import { setTimeout as pause } from 'node:timers/promises';
import { openClosing } from './cancel-order.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutCancellation } from './carry-out-cancellation.js';
import { seePayment } from './carry-out-payment.js';
import { changeOrder, lockedFile } from './change-order.js';
import { inFlight, isUnpaid, type OrderFile, paymentOf } from './order-rows.js';
import type { LinkedOrder } from './payment-page-link.js';

/** A payer who comes back waits no longer than this for news; what is heard later shows by itself. */
const PATIENCE_MS = 5_000;

/** How an order's payment stands: the payment system is asked now, because its own event may be on its way yet. */
export async function lookAtPayment(carriers: Carriers, { operatorId, orderId }: LinkedOrder): Promise<OrderFile> {
  const file = await carriers.units.sql(operatorId, (transaction) => lockedFile(transaction, orderId));
  const payment = paymentOf(file);
  const isOpen = payment?.status === 'REQUIRES_ACTION' || payment?.status === 'PROCESSING';
  if (!isOpen || inFlight(file)) return file;
  const enough = new AbortController();
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  const seen = await Promise.race([
    seePayment(carrier, file).catch(() => file),
    pause(PATIENCE_MS, file, { signal: enough.signal }).catch(() => file),
  ]);
  enough.abort();
  return seen;
}

/**
 * The payer gives up, or must not pay any more: the order is closed, at the
 * payment system too. One that is paid or in flight stays as it is.
 */
export async function abandonOrder(
  carriers: Carriers,
  { operatorId, orderId }: LinkedOrder,
  reason: 'PAYER' | 'DUPLICATE' = 'PAYER',
): Promise<OrderFile> {
  const { file, result: closing } = await carriers.units.sql(operatorId, (transaction) =>
    changeOrder(transaction, orderId, (file) =>
      isUnpaid(file.order) && !inFlight(file) ? openClosing(file, 'CANCELED', reason, transaction.now) : null,
    ),
  );
  if (closing?.status !== 'PENDING') return file;
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  return (await carryOutCancellation(carrier, file, closing.id)).file;
}
