import { DomainError } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { assertNothingInFlight, assertVisible, type Caller, illegal } from './caller.js';
import { type Carriers, carrierFor, connectedAccount } from './carrier.js';
import { carryOutCapture } from './carry-out-capture.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import { claimOnce } from './once.js';
import { openOperation } from './operations.js';
import { capturable, money, type OperationRow, type OrderFile } from './order-rows.js';
import { type AmountWanted, partOf } from './wanted-amount.js';

export interface CaptureWanted {
  readonly orderId: string;
  /** Null takes all that is held. */
  readonly amount: AmountWanted;
  /** Whether the rest of the hold is released. */
  readonly final: boolean;
}

/**
 * Takes money that is held. A capture that was already made is success, not an
 * error: the caller may not have had the answer.
 */
export async function captureOrder(
  carriers: Carriers,
  caller: Caller,
  wanted: CaptureWanted,
  idempotency: IdempotentRequest,
): Promise<Claim> {
  const claim = await carriers.units.sql(caller.operatorId, (transaction) =>
    claimOnce(transaction, idempotency, () => claimCapture(transaction, caller, wanted)),
  );
  if (!claim.toCarryOut || !claim.operation) return claim;
  const carrier = await carrierFor(carriers, caller.operatorId, claim.file.order.accountId, claim.account);
  return carryOutCapture(carrier, claim.file, claim.operation.id);
}

async function claimCapture(transaction: Transaction, caller: Caller, wanted: CaptureWanted): Promise<Claim> {
  const { file, result } = await changeOrder(transaction, wanted.orderId, async (file) => {
    const { order } = file;
    assertVisible(order, caller);
    assertNothingInFlight(file);
    const held = capturable(order);
    const amount = await partOf(transaction, transaction.operatorId, order, wanted.amount);
    if (held.isZero()) return { operation: captureMadeBefore(file, amount), toCarryOut: false };

    const taken = amount ?? held;
    if (taken.isGreaterThan(held)) {
      throw new DomainError('AMOUNT_EXCEEDS_AVAILABLE', `amount: ${taken} is more than the ${held} that is held`);
    }
    const rest = taken.minor < held.minor;
    if (rest && !wanted.final && !order.multicapture) {
      throw new DomainError(
        'MULTICAPTURE_UNAVAILABLE',
        'finalCapture: the payment system offers one capture for this payment, so it must be final; the rest of the hold is released with it',
      );
    }
    const account = await connectedAccount(transaction, order);
    const request = { final: wanted.final || !rest };
    const operation = openOperation(
      file,
      { type: 'CAPTURE', amount: taken.minor, request },
      [{ type: 'CAPTURE', amount: taken.minor }],
      transaction.now,
    );
    return { operation, account, toCarryOut: true };
  });
  return { file, ...result };
}

function captureMadeBefore(file: OrderFile, amount: Money | null): OperationRow {
  const { order, operations } = file;
  const takers = operations.filter(
    ({ type, status }) =>
      status === 'SUCCEEDED' && (type === 'CAPTURE' || (type === 'PAYMENT' && order.captureMode === 'AUTOMATIC')),
  );
  const made = takers.findLast((operation) => amount === null || operation.amount === amount.minor);
  if (made && order.captured > 0n) return made;
  if (order.captured === 0n) throw illegal(order, 'capture');
  throw new DomainError(
    'AMOUNT_EXCEEDS_AVAILABLE',
    `amount: nothing is held any more; ${money(order, order.captured)} of this order was captured`,
  );
}
