import { DomainError } from '../../kernel/errors.js';
import { assertNothingInFlight } from './caller.js';
import { openMakingRoom } from './cancel-order.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutCancellation } from './carry-out-cancellation.js';
import { changeOrder } from './change-order.js';
import type { OrderFile } from './order-rows.js';
import type { LinkedOrder } from './payment-page-link.js';

/**
 * Closes the attempt that waits for its payer, and sees it closed, where it is
 * in the way of another one: of two that are open both could be paid. Where the
 * payer was quicker the order comes back paid.
 */
export async function makeRoom(
  carriers: Carriers,
  { operatorId, orderId }: LinkedOrder,
  isInTheWay: (file: OrderFile) => boolean,
): Promise<OrderFile> {
  const { file, result: closing } = await carriers.units.sql(operatorId, (transaction) =>
    changeOrder(transaction, orderId, (file) => {
      if (file.order.status !== 'REQUIRES_ACTION' || !isInTheWay(file)) return null;
      assertNothingInFlight(file);
      return openMakingRoom(file, transaction.now);
    }),
  );
  if (!closing) return file;
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  const closed = await carryOutCancellation(carrier, file, closing.id);
  if (closed.file.order.status !== 'REQUIRES_ACTION') return closed.file;
  throw new DomainError(
    'OUTCOME_PENDING',
    'the payment that is open for this order could not be closed yet; try again in a moment',
  );
}
