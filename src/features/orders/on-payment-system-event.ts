import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type {
  AccountRow,
  Answer,
  DisputeSnapshot,
  InboxHandlers,
  InboxOutcome,
  PaymentSnapshot,
  RefundSnapshot,
} from '../payment-systems/index.js';
import { adoptRefund } from './apply-refund.js';
import { type Carrier, type Carriers, carrierOf } from './carrier.js';
import { recordStep } from './carry-out-cancellation.js';
import { recordSeen, seePayment } from './carry-out-payment.js';
import { changeOrder, lockedFile } from './change-order.js';
import type { IntentSnapshot } from './intent.js';
import { partsOf } from './intent-parts.js';
import { intentsOf } from './intents.js';
import {
  inFlight,
  isOnOpenPage,
  type OrderFile,
  paymentOf,
  refundable,
  type TransactionRow,
  transactionsOf,
} from './order-rows.js';
import { DISPUTED_AMOUNT, HURRY_TRANSACTIONS, ORDER_BY_PAYMENT, ORDER_EXISTS, UPSERT_DISPUTE } from './orders-sql.js';
import { whatIsPaidOn } from './page-intents.js';

/**
 * What a payment system's event means for orders. The event is a hint: what it
 * is about is fetched again, compared with what we know, and recorded by the
 * same use cases as an answer of the API.
 */
export function orderInboxHandlers(
  carriers: Carriers,
): Pick<InboxHandlers, 'payment' | 'verification' | 'page' | 'refund' | 'dispute'> {
  return {
    payment: (account, externalId) => onPayment(carrierOf(carriers, account), account, externalId),
    verification: (account, externalId) => onVerification(carrierOf(carriers, account), account, externalId),
    page: (account, externalId) => onPage(carrierOf(carriers, account), account, externalId),
    refund: (account, externalId, paymentId) => onRefund(carrierOf(carriers, account), account, externalId, paymentId),
    dispute: (account, externalId, paymentId) =>
      onDispute(carrierOf(carriers, account), account, externalId, paymentId),
  };
}

async function onPayment(carrier: Carrier, account: AccountRow, externalId: string): Promise<InboxOutcome> {
  return onIntent(carrier, account, shown(await carrier.gateway.retrievePayment(externalId)));
}

async function onVerification(carrier: Carrier, account: AccountRow, externalId: string): Promise<InboxOutcome> {
  return onIntent(carrier, account, shown(await carrier.gateway.retrieveVerification(externalId)));
}

async function onPage(carrier: Carrier, account: AccountRow, externalId: string): Promise<InboxOutcome> {
  const page = shown(await carrier.gateway.retrievePage(externalId));
  return onIntent(carrier, account, { ...whatIsPaidOn(page), reference: page.reference });
}

async function onIntent(carrier: Carrier, account: AccountRow, snapshot: IntentSnapshot): Promise<InboxOutcome> {
  const { reference } = snapshot;
  if (!reference || reference.operatorId !== carrier.operatorId) return 'foreign';
  const file = await fileOf(carrier, reference.orderId);
  if (!file) return 'unknown-object';
  if (isOfEarlierAttempt(file, snapshot)) return 'done';
  assertOurs(file, account, snapshot);
  const onPage =
    snapshot.pageExternalId === undefined && isOnOpenPage(file) ? await lookAtPage(carrier, file) : snapshot;
  return recordWhatWasSeen(carrier, file, onPage);
}

/** Of an attempt that was closed to make room for another one: nobody paid with it, and it is over. */
function isOfEarlierAttempt(file: OrderFile, { reference, state }: IntentSnapshot): boolean {
  const attempt = file.transactions.find(({ id }) => id === reference?.transactionId);
  const current = paymentOf(file);
  const isEarlier = attempt !== undefined && attempt.operationId !== current?.id && attempt.finishedAt !== null;
  return isEarlier && (state === 'CANCELED' || state === 'FAILED' || state === 'PREPARED');
}

/** Of a try on a page that stays open, only the page can tell what it means. */
async function lookAtPage(carrier: Carrier, file: OrderFile): Promise<IntentSnapshot> {
  const { transaction } = partsOf(file);
  if (!transaction.pageExternalId) throw new Error(`order ${file.order.id}: its page is being opened`);
  return shown(await intentsOf(carrier, file).retrieve(null));
}

async function recordWhatWasSeen(carrier: Carrier, file: OrderFile, snapshot: IntentSnapshot): Promise<InboxOutcome> {
  const { operatorId, units } = carrier;
  const pending = inFlight(file);
  if (pending && pending !== paymentOf(file)) {
    await units.sql(operatorId, (tx) => tx.query(HURRY_TRANSACTIONS, [operatorId, file.order.id, tx.now]));
    throw new Error(`order ${file.order.id} has a ${pending.type} in flight: what this event tells is seen after it`);
  }
  // Whoever is paying right now closes what failed; only a payment that nobody is on is closed from here.
  const unfinished = snapshot.state === 'PREPARED' || snapshot.state === 'FAILED';
  if (pending?.status === 'PENDING' && unfinished) return 'done';
  const recorded = await recordSeen(carrier, file, snapshot);
  const payment = paymentOf(recorded);
  // One that is left to the payer stays open: several cards may be tried before one pays.
  if (unfinished && payment?.finishedAt === null && payment.status !== 'REQUIRES_ACTION') {
    throw new Error(`the failed payment of order ${file.order.id} could not be closed yet`);
  }
  return 'done';
}

async function onRefund(
  carrier: Carrier,
  account: AccountRow,
  externalId: string,
  paymentId: string,
): Promise<InboxOutcome> {
  const file = await fileOfPayment(carrier, account, paymentId);
  if (!file) return outcomeWithoutOrder(carrier, paymentId);
  const snapshot = shown(await carrier.gateway.retrieveRefund(externalId));
  if (snapshot.isRelease) return 'done';
  assertSameCurrency(file, snapshot);

  const ours = ourRefund(file, snapshot);
  if (ours) {
    if (ours.amount !== snapshot.amount.minor) throw mismatch(file, `refund ${externalId} of ${snapshot.amount}`);
    await recordStep(carrier, file.order.id, ours.id, { type: 'REFUND', outcome: { kind: 'seen', snapshot } });
    return 'done';
  }
  if (inFlight(file))
    throw new Error(`order ${file.order.id} has an operation in flight: the refund is taken in after it`);
  await adopt(carrier, file, snapshot);
  return 'done';
}

/**
 * The transaction that a refund carries out. One that was made elsewhere may
 * carry copied metadata, and one that we gave up may have been made after all:
 * neither is ours, and both become operations of their own.
 */
function ourRefund({ transactions }: OrderFile, { externalId, transactionId }: RefundSnapshot): TransactionRow | null {
  const refunds = transactions.filter(({ type }) => type === 'REFUND');
  const known = refunds.find((each) => each.externalId === externalId);
  const sent = refunds.find((each) => each.id === transactionId && each.externalId === null);
  return known ?? (sent && sent.status !== 'FAILED' ? sent : null);
}

/** A refund may be told of before the capture it gives back, so where it does not fit yet the payment is looked at first. */
async function adopt(carrier: Carrier, file: OrderFile, snapshot: RefundSnapshot): Promise<void> {
  const { units, operatorId } = carrier;
  const fits = snapshot.amount.minor <= refundable(file.order).minor;
  const { order } = fits ? file : await seePayment(carrier, file);
  await units.sql(operatorId, (tx) =>
    changeOrder(tx, order.id, (file) => {
      const known = file.transactions.some(({ externalId }) => externalId === snapshot.externalId);
      if (known || adoptRefund(file, snapshot, tx.now)) return;
      throw mismatch(file, `refund ${snapshot.externalId} of ${snapshot.amount}`);
    }),
  );
}

async function onDispute(
  carrier: Carrier,
  account: AccountRow,
  externalId: string,
  paymentId: string,
): Promise<InboxOutcome> {
  const found = await fileOfPayment(carrier, account, paymentId);
  if (!found) return outcomeWithoutOrder(carrier, paymentId);
  const snapshot = shown(await carrier.gateway.retrieveDispute(externalId));
  assertSameCurrency(found, snapshot);
  await carrier.units.sql(carrier.operatorId, (tx) => recordDispute(tx, found.order.id, snapshot));
  return 'done';
}

/** The order shows what all its open and lost disputes come to; a won one gives its part back. */
async function recordDispute(transaction: Transaction, orderId: string, snapshot: DisputeSnapshot): Promise<void> {
  const { operatorId, now } = transaction;
  const { externalId, state, amount, reason, evidenceDueAt } = snapshot;
  await changeOrder(transaction, orderId, async ({ order }) => {
    const parameters = [operatorId, newUuid(), orderId, externalId, state, amount.minor, reason, evidenceDueAt, now];
    await transaction.query(UPSERT_DISPUTE, parameters);
    const [sum] = await transaction.query<{ disputed: bigint }>(DISPUTED_AMOUNT, [operatorId, orderId]);
    order.disputed = sum?.disputed ?? 0n;
  });
}

/** Ours but not known yet is waited for; anybody else's traffic on the same account is none of our business. */
async function outcomeWithoutOrder({ gateway, operatorId }: Carrier, paymentId: string): Promise<InboxOutcome> {
  const { reference } = shown(await gateway.retrievePayment(paymentId));
  return reference?.operatorId === operatorId ? 'unknown-object' : 'foreign';
}

async function fileOf({ units, operatorId }: Carrier, orderId: string): Promise<OrderFile | null> {
  return units.sql(operatorId, async (tx) => {
    const [found] = await tx.query(ORDER_EXISTS, [operatorId, orderId]);
    return found ? lockedFile(tx, orderId) : null;
  });
}

async function fileOfPayment(
  { units, operatorId }: Carrier,
  account: AccountRow,
  paymentId: string,
): Promise<OrderFile | null> {
  return units.sql(operatorId, async (tx) => {
    const [order] = await tx.query<{ id: string }>(ORDER_BY_PAYMENT, [operatorId, account.id, paymentId]);
    return order ? lockedFile(tx, order.id) : null;
  });
}

/** Nothing is believed of a payment that is not, in every point, the one that we made for the order. */
function assertOurs(file: OrderFile, account: AccountRow, snapshot: IntentSnapshot): void {
  const { order } = file;
  const payment = paymentOf(file);
  const ours = payment && transactionsOf(file, payment)[0];
  if (order.accountId !== account.id) throw mismatch(file, `payment ${snapshot.externalId} at another account`);
  if (ours?.id !== snapshot.reference?.transactionId)
    throw mismatch(file, `payment ${snapshot.externalId} of another attempt`);
  if (order.externalPaymentId && order.externalPaymentId !== snapshot.externalId) {
    throw mismatch(file, `payment ${snapshot.externalId}, though its own is ${order.externalPaymentId}`);
  }
  if (!('amount' in snapshot)) return;
  assertSameCurrency(file, snapshot);
  if (order.authorized === 0n && order.amount !== snapshot.amount.minor)
    throw mismatch(file, `payment of ${snapshot.amount}`);
}

function assertSameCurrency(file: OrderFile, { amount }: { readonly amount: PaymentSnapshot['amount'] }): void {
  if (file.order.currency !== amount.currency) throw mismatch(file, `an amount of ${amount}`);
}

function mismatch({ order }: OrderFile, what: string): Error {
  return new Error(
    `order ${order.id} (${order.amount} minor units of ${order.currency}) does not fit ${what}: nothing was recorded`,
  );
}

function shown<Value>(answer: Answer<Value>): Value {
  if (answer.kind === 'done') return answer.value;
  throw new Error(`the payment system did not show it: ${answer.kind}`);
}
