import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type PayerRow, payerById } from '../payers/index.js';
import { assertNothingInFlight, assertVisible, type Caller, illegal } from './caller.js';
import { type Carriers, carrierFor, connectedAccount } from './carrier.js';
import { carryOutPayment } from './carry-out-payment.js';
import { changeOrder, lockedFile } from './change-order.js';
import type { Claim } from './claim.js';
import { withoutCard } from './exchange-card.js';
import { makingRoom, PageInTheWay } from './make-room.js';
import type {
  AgreementsOfOrders,
  JoinAgreement,
  MerchantForOrder,
  NewPaymentDetails,
  PaymentGiven,
} from './new-order.js';
import { claimOnce } from './once.js';
import { openPayment } from './open-payment.js';
import { isOnOpenPage, type OrderFile, type OrderRow } from './order-rows.js';
import { MERCHANT_FOR_ORDER } from './orders-sql.js';

export interface PaymentOfOrder {
  readonly orderId: string;
  readonly payment: PaymentGiven;
  /** What the payment is to establish, where the order was not made for that already. */
  readonly agreement: JoinAgreement | null;
}

/** Pays an order that waits. Of all payments of an order at most one ever succeeds; the database sees to it. */
export async function payOrder(
  carriers: Carriers,
  caller: Caller,
  wanted: PaymentOfOrder,
  idempotency: IdempotentRequest,
): Promise<OrderFile> {
  const payment = await exchanged(carriers, caller, wanted, idempotency);
  const claim = () =>
    carriers.units.sql(caller.operatorId, (transaction) =>
      claimOnce(transaction, idempotency, () => {
        if (!payment) throw new Error(`a request that was answered before is new: payOrder of ${wanted.orderId}`);
        return claimPayment(transaction, carriers.agreements, caller, { ...wanted, payment });
      }),
    );
  const { file, toCarryOut, account } = await makingRoom(carriers, caller.operatorId, claim);
  if (!toCarryOut) return file;
  return carryOutPayment(await carrierFor(carriers, caller.operatorId, file.order.accountId, account), file);
}

async function exchanged(
  carriers: Carriers,
  caller: Caller,
  { orderId, payment }: PaymentOfOrder,
  idempotency: IdempotentRequest,
): Promise<NewPaymentDetails | null> {
  const { credential } = payment;
  if (!('card' in credential)) return { ...payment, credential };
  const { order } = await carriers.units.sql(caller.operatorId, (transaction) => lockedFile(transaction, orderId));
  assertVisible(order, caller);
  const { merchantId, mode, accountId } = order;
  const owner = { operatorId: caller.operatorId, idempotency, merchantId, mode, accountId };
  return withoutCard(carriers, owner, payment);
}

async function claimPayment(
  transaction: Transaction,
  agreements: AgreementsOfOrders,
  caller: Caller,
  { orderId, payment, agreement }: Omit<PaymentOfOrder, 'payment'> & { readonly payment: NewPaymentDetails },
): Promise<Claim> {
  const { file, result } = await changeOrder(transaction, orderId, async (file) => {
    assertVisible(file.order, caller);
    assertNothingInFlight(file);
    const isInTheWay = isOnOpenPage(file);
    if (isInTheWay) assertInTime(file.order, transaction.now);
    else assertPayable(file.order, transaction.now);
    const [merchant, payer] = await Promise.all([
      merchantOf(transaction, file.order),
      payerOf(transaction, file.order),
    ]);
    const account = await connectedAccount(transaction, file.order);
    if (agreement) await join(transaction, file.order, agreement);
    const operation = await openPayment(transaction, file, {
      agreements,
      payment,
      payerEmail: payer?.email ?? null,
      allowedSources: merchant?.allowedSources ?? [],
    });
    if (isInTheWay) throw new PageInTheWay(orderId);
    return { account, operation };
  });
  return { file, ...result, toCarryOut: true };
}

async function join(transaction: Transaction, order: OrderRow, agreement: JoinAgreement): Promise<void> {
  if (order.agreementId) {
    throw new DomainError(
      'AGREEMENT_MISMATCH',
      'agreement: the order was made to establish an agreement already, and a series of payments keeps to one; leave it out',
    );
  }
  order.agreementId = await agreement(transaction, order);
}

/** An order whose time is up is closed within moments; nobody pays it in between. */
export function assertPayable(order: OrderRow, now: Date): void {
  if (order.status !== 'CREATED') throw illegal(order, 'pay');
  assertInTime(order, now);
}

function assertInTime(order: OrderRow, now: Date): void {
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
