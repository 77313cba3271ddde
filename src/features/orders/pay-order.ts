import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type PayerRow, payerById } from '../payers/index.js';
import { assertNothingInFlight, assertVisible, type Caller, illegal } from './caller.js';
import { type Carriers, carrierFor, connectedAccount } from './carrier.js';
import { carryOutPayment } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import type { Claim } from './claim.js';
import type { MerchantForOrder, NewPaymentDetails } from './new-order.js';
import { claimOnce } from './once.js';
import { openPayment } from './open-payment.js';
import type { OrderFile, OrderRow } from './order-rows.js';
import { MERCHANT_FOR_ORDER } from './orders-sql.js';

/** Pays an order that waits. Of all payments of an order at most one ever succeeds; the database sees to it. */
export async function payOrder(
  carriers: Carriers,
  caller: Caller,
  wanted: { readonly orderId: string; readonly payment: NewPaymentDetails },
  idempotency: IdempotentRequest,
): Promise<OrderFile> {
  const { file, toCarryOut, account } = await carriers.units.sql(caller.operatorId, (transaction) =>
    claimOnce(transaction, idempotency, () => claimPayment(transaction, caller, wanted.orderId, wanted.payment)),
  );
  if (!toCarryOut) return file;
  return carryOutPayment(await carrierFor(carriers, caller.operatorId, file.order.accountId, account), file);
}

async function claimPayment(
  transaction: Transaction,
  caller: Caller,
  orderId: string,
  payment: NewPaymentDetails,
): Promise<Claim> {
  const { file, result } = await changeOrder(transaction, orderId, async (file) => {
    assertVisible(file.order, caller);
    assertNothingInFlight(file);
    assertPayable(file.order, transaction.now);
    const [merchant, payer] = await Promise.all([
      merchantOf(transaction, file.order),
      payerOf(transaction, file.order),
    ]);
    const account = await connectedAccount(transaction, file.order);
    const operation = await openPayment(transaction, file, {
      payment,
      payerEmail: payer?.email ?? null,
      allowedSources: merchant?.allowedSources ?? [],
    });
    return { account, operation };
  });
  return { file, ...result, toCarryOut: true };
}

/** An order whose time is up is closed within moments; nobody pays it in between. */
function assertPayable(order: OrderRow, now: Date): void {
  if (order.status !== 'CREATED') throw illegal(order, 'pay');
  if (!order.expiresAt || order.expiresAt > now) return;
  throw new DomainError('ILLEGAL_TRANSITION', `cannot pay an order that expired at ${order.expiresAt.toISOString()}`);
}

async function merchantOf(transaction: Transaction, order: OrderRow): Promise<MerchantForOrder | undefined> {
  const key = [transaction.operatorId, order.merchantId];
  const [merchant] = await transaction.query<MerchantForOrder>(MERCHANT_FOR_ORDER, key);
  return merchant;
}

async function payerOf(transaction: Transaction, order: OrderRow): Promise<PayerRow | null> {
  return order.payerId ? payerById(transaction, order.payerId) : null;
}
