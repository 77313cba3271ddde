import { DomainError } from '../../kernel/errors.js';
import { assertNothingInFlight } from './caller.js';
import { openMakingRoom } from './cancel-order.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutCancellation } from './carry-out-cancellation.js';
import { changeOrder } from './change-order.js';
import { isOnOpenPage, type OrderFile } from './order-rows.js';
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
  throw pending('the payment that is open for this order could not be closed yet');
}

/**
 * All is well with what was asked but that a payer has a page open, on which
 * they could pay the same order, or agree to what is being changed. Thrown only
 * when everything else allows it, so that what is refused, or was answered
 * before, takes no page away from anybody.
 */
export class PageInTheWay extends Error {
  override readonly name = 'PageInTheWay';

  constructor(readonly orderId: string) {
    super(`order ${orderId} has a page open`);
  }
}

/** Does `work`, which may find a page in its way: that is closed, and seen closed, and the work done again. */
export async function makingRoom<Result>(
  carriers: Carriers,
  operatorId: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PageInTheWay)) throw error;
    await makeRoom(carriers, { operatorId, orderId: error.orderId }, isOnOpenPage);
  }
  return work().catch((error: unknown) => {
    throw error instanceof PageInTheWay ? pending('a page was opened for it meanwhile') : error;
  });
}

function pending(why: string): DomainError {
  return new DomainError('OUTCOME_PENDING', `${why}; try again in a moment`);
}
