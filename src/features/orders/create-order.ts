import { DomainError } from '../../kernel/errors.js';
import { violatedConstraint } from '../../platform/database/sql.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { acceptOrder, termsOf } from './accept-order.js';
import type { Caller } from './caller.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutPayment } from './carry-out-payment.js';
import type { Claim } from './claim.js';
import { withoutCard } from './exchange-card.js';
import type { NewOrder, OrderGiven } from './new-order.js';
import { claimOnce } from './once.js';
import type { OrderFile } from './order-rows.js';

/** A bill number is drawn; with a billion orders one draw in a hundred hits a taken one. */
const BILL_NUMBER_DRAWS = 5;

/** Makes an order and, when it comes with a payment, pays it: claim, call, record. */
export async function createOrder(
  carriers: Carriers,
  caller: Caller,
  given: OrderGiven,
  idempotency: IdempotentRequest,
): Promise<OrderFile> {
  const { merchantId, mode, accountId } = given;
  const owner = { operatorId: caller.operatorId, idempotency, merchantId, mode, accountId };
  const wanted = { ...given, payment: await withoutCard(carriers, owner, given.payment) };
  const { file, toCarryOut, account } = await accept(carriers, caller, wanted, idempotency);
  if (!toCarryOut) return file;
  return carryOutPayment(await carrierFor(carriers, caller.operatorId, file.order.accountId, account), file);
}

async function accept(
  { units, agreements }: Carriers,
  caller: Caller,
  wanted: NewOrder,
  idempotency: IdempotentRequest,
): Promise<Claim> {
  for (let draw = 1; ; draw += 1) {
    try {
      return await units.sql(caller.operatorId, (transaction) => {
        // Asked for with the claim, so that all of it takes one round trip and not one each.
        const terms = termsOf(transaction, wanted);
        return claimOnce(transaction, idempotency, async () => {
          const { file, account } = await acceptOrder(transaction, agreements, wanted, terms);
          return { file, account, operation: file.operations[0] ?? null, toCarryOut: file.operations.length > 0 };
        });
      });
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'orders_number_held') throw numberTaken(wanted.orderNumber);
      if (constraint !== 'orders_bill_number_unique' || draw >= BILL_NUMBER_DRAWS) throw error;
    }
  }
}

function numberTaken(orderNumber: string): DomainError {
  return new DomainError(
    'DUPLICATE_ORDER_NUMBER',
    `orderNumber: "${orderNumber}" belongs to an order that is live or paid; it is free again when that order is DECLINED, EXPIRED or CANCELED`,
  );
}
