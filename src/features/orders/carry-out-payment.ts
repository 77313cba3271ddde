import { ensureCustomer, keepCredential } from '../payers/index.js';
import type { Answer, Initiation, OurReference, PaymentSnapshot } from '../payment-systems/index.js';
import { applyPayment, type PaymentOutcome } from './apply-payment.js';
import { type Carrier, isRepeatable } from './carrier.js';
import { changeOrder } from './change-order.js';
import { NOT_CARRIED_OUT } from './operations.js';
import { money, type OperationRow, type OrderFile, paymentOf, transactionsOf } from './order-rows.js';
import { REMEMBER_PAYMENT } from './orders-sql.js';

/**
 * Calls the payment system for a committed payment and records what came of it:
 * made unconfirmed, its id stored, then confirmed, so that a lost answer can
 * always be looked up by id. Every step has its own key from the transaction's
 * id, so that all of this may be run again after a crash.
 */
export async function carryOutPayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  return recordPayment(carrier, file.order.id, await pay(carrier, file));
}

/**
 * The same for a payment whose outcome is unknown: first looks at what is
 * there, and goes on from that. Nothing is repeated when its key may have been
 * forgotten; what is still open then is closed.
 */
export async function resumePayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  return recordPayment(carrier, file.order.id, await resume(carrier, file));
}

export async function recordPayment(carrier: Carrier, orderId: string, outcome: PaymentOutcome): Promise<OrderFile> {
  const { file } = await carrier.units.sql(carrier.operatorId, async (transaction) => {
    const changed = await changeOrder(transaction, orderId, (file) => {
      const before = paymentOf(file)?.status;
      applyPayment(file, outcome, transaction.now);
      return before;
    });
    const { order } = changed.file;
    const payment = paymentOf(changed.file);
    // Only by the success itself: a later look must not bring back what the payer has had removed since.
    const isNew = payment?.status === 'SUCCEEDED' && changed.result !== 'SUCCEEDED';
    const stores = isNew && payment.request.store === true;
    if (outcome.kind === 'seen' && stores && order.payerId && outcome.snapshot.credential) {
      keepCredential(transaction, order.payerId, order.accountId, outcome.snapshot.credential);
    }
    return changed;
  });
  if (outcome.kind === 'failed' && outcome.refusal.keysRejected) await carrier.checkKeys();
  return file;
}

/** Records a payment as it was found; one that failed is closed first, as after a declined confirmation. */
export async function recordSeen(carrier: Carrier, file: OrderFile, snapshot: PaymentSnapshot): Promise<OrderFile> {
  const open = transactionOf(file).status !== 'SUCCEEDED';
  const answer: Answer<PaymentSnapshot> = { kind: 'done', value: snapshot };
  const outcome = open ? await outcomeOf(carrier, file, answer) : ({ kind: 'seen', snapshot } as const);
  return recordPayment(carrier, file.order.id, outcome);
}

/**
 * Looks at a payment after a refusal that our books do not explain: the payer
 * was quicker than us, or somebody changed it in the payment system's console.
 */
export async function seePayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  const seen = await carrier.gateway.retrievePayment(file.order.externalPaymentId ?? '');
  return seen.kind === 'done' ? recordSeen(carrier, file, seen.value) : file;
}

async function pay(carrier: Carrier, file: OrderFile): Promise<PaymentOutcome> {
  const { order } = file;
  const { payment, transaction, request } = parts(file);
  const customer = await customerFor(carrier, file, payment);
  if (customer.kind !== 'done') return outcomeOf(carrier, file, withoutValue(customer));

  const { gateway } = carrier;
  const prepared = await gateway.preparePayment(
    {
      reference: referenceOf(carrier, file),
      amount: money(order, order.amount),
      captureMode: order.captureMode,
      token: request.token ?? '',
      externalCustomerId: customer.value,
      initiation: initiationOf(payment),
      description: order.description,
      receiptEmail: request.receiptEmail ?? null,
    },
    `${transaction.id}-prepare`,
  );
  // The making is answered from memory with an error, for ever: but it may have been made.
  if (prepared.kind === 'unknown' && prepared.replayed) return goOn(carrier, file, await find(carrier, file));
  if (prepared.kind !== 'done') return outcomeOf(carrier, file, prepared);

  const { externalId } = prepared.value;
  await remember(carrier, order.id, transaction.id, externalId);
  return confirm(carrier, file, externalId);
}

async function confirm(carrier: Carrier, file: OrderFile, externalId: string): Promise<PaymentOutcome> {
  const { payment, transaction, request } = parts(file);
  const confirmed = await carrier.gateway.confirmPayment(
    { externalId, initiation: initiationOf(payment), returnUrl: request.returnUrl ?? null },
    `${transaction.id}-confirm`,
  );
  return outcomeOf(carrier, file, confirmed, externalId);
}

async function resume(carrier: Carrier, file: OrderFile): Promise<PaymentOutcome> {
  const { transaction } = parts(file);
  if (transaction.externalId) return goOn(carrier, file, await carrier.gateway.retrievePayment(transaction.externalId));
  // Making it again under the same key tells its id, or makes it now, and moves no money: cheaper than any list.
  return isRepeatable(carrier, transaction) ? pay(carrier, file) : goOn(carrier, file, await find(carrier, file));
}

/** From what is there: a payment that was made and not confirmed yet is confirmed. */
async function goOn(carrier: Carrier, file: OrderFile, seen: Answer<PaymentSnapshot | null>): Promise<PaymentOutcome> {
  const { transaction } = parts(file);
  if (seen.kind !== 'done') return { kind: 'unknown' };
  const snapshot = seen.value;
  if (!snapshot) return neverHappened();
  if (!transaction.externalId) await remember(carrier, file.order.id, transaction.id, snapshot.externalId);
  const confirmable = snapshot.state === 'PREPARED' && isRepeatable(carrier, transaction);
  return confirmable ? confirm(carrier, file, snapshot.externalId) : outcomeOf(carrier, file, seen);
}

function find({ gateway }: Carrier, file: OrderFile): Promise<Answer<PaymentSnapshot | null>> {
  const { transaction, request } = parts(file);
  return gateway.findPayment({
    transactionId: transaction.id,
    externalCustomerId: request.externalCustomerId ?? null,
    since: transaction.createdAt,
  });
}

/** From the payment system's answer to what may be recorded: a payment that failed is closed there first. */
async function outcomeOf(
  carrier: Carrier,
  file: OrderFile,
  answer: Answer<PaymentSnapshot | null>,
  externalId: string | null = answer.kind === 'done' && answer.value ? answer.value.externalId : null,
): Promise<PaymentOutcome> {
  switch (answer.kind) {
    case 'done':
      if (!answer.value) return neverHappened();
      if (answer.value.state === 'FAILED') {
        const decline = answer.value.failure ?? {
          code: 'declined',
          message: 'The payment was declined.',
          advice: null,
        };
        return closeThen(carrier, file, answer.value.externalId, { kind: 'declined', decline });
      }
      if (answer.value.state === 'PREPARED') return closeThen(carrier, file, answer.value.externalId, neverHappened());
      return { kind: 'seen', snapshot: answer.value };
    case 'declined':
      return closeThen(carrier, file, answer.value?.externalId ?? externalId, {
        kind: 'declined',
        decline: answer.decline,
      });
    case 'refused':
      return closeThen(carrier, file, externalId, { kind: 'failed', refusal: answer.refusal });
    case 'unknown':
      // An error that the payment system keeps answering with: look at what it has, and nothing else will change.
      if (answer.replayed && externalId) return afterReplay(carrier, file, externalId);
      return { kind: 'unknown' };
    default:
      return { kind: 'unknown' };
  }
}

/**
 * A declined payment could still be paid by whoever holds its client secret,
 * while its order number is free for another order. So it is closed, and seen
 * closed, before the decline is told.
 */
async function closeThen(
  carrier: Carrier,
  file: OrderFile,
  externalId: string | null,
  outcome: PaymentOutcome,
): Promise<PaymentOutcome> {
  if (!externalId) return outcome;
  const { transaction } = parts(file);
  const close = (key: string) => carrier.gateway.voidPayment({ externalId, reason: 'ABANDONED' }, key);
  let closed = await close(`${transaction.id}-close`);
  // An error that was saved under the key is answered for a day, while the payment could still be paid. Closing moves no money: ask anew.
  if (closed.kind === 'unknown' && closed.replayed) {
    closed = await close(`${transaction.id}-close-${carrier.units.clock.now().getTime()}`);
  }
  if (closed.kind === 'done' && closed.value.state === 'CANCELED') return outcome;
  const seen = await carrier.gateway.retrievePayment(externalId);
  if (seen.kind !== 'done') return { kind: 'unknown' };
  if (seen.value.state === 'CANCELED') return outcome;
  const moved = seen.value.state !== 'FAILED' && seen.value.state !== 'PREPARED';
  return moved ? { kind: 'seen', snapshot: seen.value } : { kind: 'unknown' };
}

async function afterReplay(carrier: Carrier, file: OrderFile, externalId: string): Promise<PaymentOutcome> {
  const seen = await carrier.gateway.retrievePayment(externalId);
  return seen.kind === 'done' ? outcomeOf(carrier, file, seen) : { kind: 'unknown' };
}

function neverHappened(): PaymentOutcome {
  return { kind: 'failed', refusal: NOT_CARRIED_OUT };
}

async function remember(carrier: Carrier, orderId: string, transactionId: string, externalId: string): Promise<void> {
  const { units, operatorId } = carrier;
  await units.sql(operatorId, async (tx) =>
    tx.send(REMEMBER_PAYMENT, [operatorId, orderId, transactionId, externalId]),
  );
}

async function customerFor(
  carrier: Carrier,
  file: OrderFile,
  { request }: OperationRow,
): Promise<Answer<string | null>> {
  const { order } = file;
  if (request.externalCustomerId) return { kind: 'done', value: request.externalCustomerId };
  if (!request.store || !order.payerId) return { kind: 'done', value: null };
  const { units, gateway, operatorId } = carrier;
  const { payerId, accountId } = order;
  const transactionId = parts(file).transaction.id;
  return ensureCustomer(units, gateway, { operatorId, payerId, accountId, transactionId });
}

function initiationOf({ request }: OperationRow): Initiation {
  return { by: request.by ?? 'PAYER', store: request.store ? 'FOR_MERCHANT' : 'NO' };
}

function referenceOf({ operatorId }: Carrier, file: OrderFile): OurReference {
  const { order } = file;
  return { operatorId, merchantId: order.merchantId, orderId: order.id, transactionId: parts(file).transaction.id };
}

function transactionOf(file: OrderFile) {
  return parts(file).transaction;
}

/** An answer about something else than the payment: only what went wrong is of interest. */
function withoutValue(answer: Exclude<Answer<string | null>, { kind: 'done' }>): Answer<null> {
  return answer.kind === 'declined' ? { ...answer, value: null } : answer;
}

function parts(file: OrderFile) {
  const payment = paymentOf(file);
  const transaction = payment && transactionsOf(file, payment)[0];
  if (!payment || !transaction) throw new Error(`order ${file.order.id} has no payment to carry out`);
  return { payment, transaction, request: payment.request };
}
