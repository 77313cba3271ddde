import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { assertAmountAccepted } from '../payment-systems/index.js';
import { assertNothingInFlight, assertVisible, type Caller, illegal } from './caller.js';
import { type Carriers, carrierFor, connectedAccount } from './carrier.js';
import { carryOutIncrease } from './carry-out-capture.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import { claimOnce } from './once.js';
import { openOperation } from './operations.js';
import { money } from './order-rows.js';
import { amountOf } from './wanted-amount.js';

export interface IncreaseWanted {
  readonly orderId: string;
  /** What the hold is to come to in all. */
  readonly total: string;
}

/** Raises a hold, where the payment system offers it. Declined, the hold stays as it was. */
export async function increaseAuthorization(
  carriers: Carriers,
  caller: Caller,
  wanted: IncreaseWanted,
  idempotency: IdempotentRequest,
): Promise<Claim> {
  const claim = await carriers.units.sql(caller.operatorId, (transaction) =>
    claimOnce(transaction, idempotency, () => claimIncrease(transaction, caller, wanted)),
  );
  if (!claim.toCarryOut || !claim.operation) return claim;
  const carrier = await carrierFor(carriers, caller.operatorId, claim.file.order.accountId, claim.account);
  return carryOutIncrease(carrier, claim.file, claim.operation.id);
}

async function claimIncrease(transaction: Transaction, caller: Caller, wanted: IncreaseWanted): Promise<Claim> {
  const { file, result } = await changeOrder(transaction, wanted.orderId, async (file) => {
    const { order } = file;
    assertVisible(order, caller);
    assertNothingInFlight(file);
    // Only an untouched hold: after a capture or a partial release the payment system's total is no longer ours.
    if (order.status !== 'AUTHORIZED') throw illegal(order, 'raise the hold of');
    if (order.voided > 0n) {
      throw new DomainError(
        'ILLEGAL_TRANSITION',
        `cannot raise this hold: ${money(order, order.voided)} of it was cancelled and goes back with the final capture`,
      );
    }
    if (!order.incrementable) {
      throw new DomainError('INCREMENT_UNAVAILABLE', 'the payment system cannot raise the hold of this payment');
    }
    const held = money(order, order.authorized);
    const total = amountOf(wanted.total, order.currency) ?? held;
    if (!total.isGreaterThan(held)) {
      throw new DomainError(
        'AMOUNT_OUT_OF_RANGE',
        `amount: ${total} is not more than the ${held} already held; give the new total`,
      );
    }
    const account = await connectedAccount(transaction, order);
    assertAmountAccepted(account, total);
    const amount = total.minus(held).minor;
    return openOperation(
      file,
      { type: 'AUTHORIZATION_INCREASE', amount, request: {} },
      [{ type: 'AUTHORIZATION', amount }],
      transaction.now,
    );
  });
  return { file, operation: result, toCarryOut: true };
}
