import type { Transaction } from '../../platform/database/transaction.js';
import { ensureCustomer, keepCredential } from '../payers/index.js';
import type { Answer, Decline } from '../payment-systems/index.js';
import { applyPayment, type PaymentOutcome } from './apply-payment.js';
import { type Carrier, isRepeatable } from './carrier.js';
import { changeOrder } from './change-order.js';
import type { IntentSnapshot } from './intent.js';
import { partsOf } from './intent-parts.js';
import { intentsOf } from './intents.js';
import { NOT_CARRIED_OUT } from './operations.js';
import { isByPage, type OperationRow, type OrderFile, paymentOf } from './order-rows.js';
import { REMEMBER_PAYMENT } from './orders-sql.js';

/**
 * Calls the payment system for a committed payment and records what came of it:
 * made unconfirmed, its id stored, then confirmed, so that a lost answer can
 * always be looked up by id. Every step has its own key from the transaction's
 * id, so that all of this may be run again after a crash.
 */
export async function carryOutPayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  return recordPayment(carrier, file, await pay(carrier, file));
}

/**
 * The same for a payment whose outcome is unknown: first looks at what is
 * there, and goes on from that. Nothing is repeated when its key may have been
 * forgotten; what is still open then is closed.
 */
export async function resumePayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  return recordPayment(carrier, file, await resume(carrier, file));
}

/**
 * Records what became of the attempt that `looked` shows. While somebody asked
 * the payment system, it may have been closed and another one begun: of that
 * one the answer tells nothing.
 */
export async function recordPayment(carrier: Carrier, looked: OrderFile, outcome: PaymentOutcome): Promise<OrderFile> {
  const attempt = transactionOf(looked);
  const { file } = await carrier.units.sql(carrier.operatorId, (transaction) =>
    changeOrder(transaction, looked.order.id, async (file) => {
      if (transactionOf(file).id !== attempt.id) {
        assertNoMoney(file, outcome);
        return;
      }
      const before = paymentOf(file)?.status;
      applyPayment(file, outcome, transaction.now);
      const payment = paymentOf(file);
      // Only by the success itself: a later look must not bring back what the payer has had removed since.
      const isNew = payment?.status === 'SUCCEEDED' && before !== 'SUCCEEDED';
      if (isNew && payment.request.store && outcome.kind === 'seen') await keep(transaction, file, outcome.snapshot);
    }),
  );
  if (outcome.kind === 'failed' && outcome.refusal.keysRejected) await carrier.checkKeys();
  return file;
}

/** An attempt is closed, and seen closed, before the next: money on it would be a second payment, and a person must see it. */
function assertNoMoney({ order }: OrderFile, outcome: PaymentOutcome): void {
  const state = outcome.kind === 'seen' ? outcome.snapshot.state : null;
  if (state !== 'HELD' && state !== 'CAPTURED' && state !== 'PROCESSING') return;
  throw new Error(`order ${order.id} has a payment that is ${state} at an attempt that was closed before`);
}

async function keep(transaction: Transaction, { order }: OrderFile, { credential }: IntentSnapshot): Promise<void> {
  if (!order.payerId || !credential) return;
  order.credentialId = await keepCredential(transaction, order.payerId, order.accountId, credential);
}

/** Records a payment as it was found; one that failed is closed first, as after a declined confirmation. */
export async function recordSeen(carrier: Carrier, file: OrderFile, snapshot: IntentSnapshot): Promise<OrderFile> {
  const open = transactionOf(file).status !== 'SUCCEEDED';
  const answer: Answer<IntentSnapshot> = { kind: 'done', value: snapshot };
  const outcome = open ? await outcomeOf(carrier, file, answer) : ({ kind: 'seen', snapshot } as const);
  return recordPayment(carrier, file, outcome);
}

/**
 * Looks at a payment after a refusal that our books do not explain: the payer
 * was quicker than us, or somebody changed it in the payment system's console.
 */
export async function seePayment(carrier: Carrier, file: OrderFile): Promise<OrderFile> {
  const seen = await intentsOf(carrier, file).retrieve(file.order.externalPaymentId);
  return seen.kind === 'done' ? recordSeen(carrier, file, seen.value) : file;
}

async function pay(carrier: Carrier, file: OrderFile): Promise<PaymentOutcome> {
  const { order } = file;
  const { payment, transaction } = partsOf(file);
  const customer = await customerFor(carrier, file, payment);
  if (customer.kind !== 'done') return outcomeOf(carrier, file, withoutValue(customer));

  const intents = intentsOf(carrier, file);
  const prepared = await intents.prepare(customer.value, `${transaction.id}-prepare`);
  // The making is answered from memory with an error, for ever: but it may have been made.
  if (prepared.kind === 'unknown' && prepared.replayed) return goOn(carrier, file, await intents.find());
  if (prepared.kind !== 'done') return outcomeOf(carrier, file, prepared);

  const { externalId } = prepared.value;
  // An open page is the payer's to go on with.
  if (externalId === null || isByPage(payment)) return outcomeOf(carrier, file, prepared);
  await remember(carrier, order.id, transaction.id, externalId);
  return confirm(carrier, file, externalId);
}

async function confirm(carrier: Carrier, file: OrderFile, externalId: string): Promise<PaymentOutcome> {
  const { transaction } = partsOf(file);
  const confirmed = await intentsOf(carrier, file).confirm(externalId, `${transaction.id}-confirm`);
  return outcomeOf(carrier, file, confirmed, externalId);
}

async function resume(carrier: Carrier, file: OrderFile): Promise<PaymentOutcome> {
  const { transaction } = partsOf(file);
  const intents = intentsOf(carrier, file);
  const { externalId, pageExternalId } = transaction;
  if (externalId ?? pageExternalId) return goOn(carrier, file, await intents.retrieve(externalId));
  // Making it again under the same key tells its id, or makes it now, and moves no money: cheaper than any list.
  return isRepeatable(carrier, transaction) ? pay(carrier, file) : goOn(carrier, file, await intents.find());
}

/** From what is there: a payment that was made and not confirmed yet is confirmed. */
async function goOn(carrier: Carrier, file: OrderFile, seen: Answer<IntentSnapshot | null>): Promise<PaymentOutcome> {
  const { transaction } = partsOf(file);
  if (seen.kind !== 'done') return { kind: 'unknown' };
  const snapshot = seen.value;
  if (!snapshot) return neverHappened();
  const { externalId } = snapshot;
  if (!externalId) return outcomeOf(carrier, file, seen);
  if (!transaction.externalId) await remember(carrier, file.order.id, transaction.id, externalId);
  const confirmable = snapshot.state === 'PREPARED' && isRepeatable(carrier, transaction);
  return confirmable ? confirm(carrier, file, externalId) : outcomeOf(carrier, file, seen);
}

/** From the payment system's answer to what may be recorded: a payment that failed is closed there first. */
async function outcomeOf(
  carrier: Carrier,
  file: OrderFile,
  answer: Answer<IntentSnapshot | null>,
  externalId: string | null = answer.kind === 'done' && answer.value ? answer.value.externalId : null,
): Promise<PaymentOutcome> {
  switch (answer.kind) {
    case 'done':
      if (!answer.value) return neverHappened();
      if (answer.value.state === 'FAILED') {
        // On a page that has ended: its payer cannot try again, and there is nothing to close.
        if (isByPage(partsOf(file).payment)) return { kind: 'declined', decline: answer.value.failure ?? NO_REASON };
        return afterDecline(carrier, file, answer.value.failure ?? NO_REASON, answer.value, answer.value.externalId);
      }
      if (answer.value.state === 'PREPARED') return closeThen(carrier, file, answer.value.externalId, neverHappened());
      return { kind: 'seen', snapshot: answer.value };
    case 'declined':
      return afterDecline(carrier, file, answer.decline, answer.value, answer.value?.externalId ?? externalId);
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

const NO_REASON: Decline = { code: 'declined', message: 'The payment was declined.', advice: null };

async function afterDecline(
  carrier: Carrier,
  file: OrderFile,
  decline: Decline,
  snapshot: IntentSnapshot | null,
  externalId: string | null,
): Promise<PaymentOutcome> {
  const payable = snapshot?.state === 'FAILED' && isLeftToPayer(file, decline);
  if (payable) return { kind: 'leftToPayer', snapshot, decline };
  return closeThen(carrier, file, externalId, { kind: 'declined', decline });
}

/**
 * A charge without the payer for which the bank wants to see the payer stays
 * open: this very payment is what the payer then confirms, and may try to with
 * several cards. It is closed when its order expires.
 */
function isLeftToPayer(file: OrderFile, { code }: Decline): boolean {
  const { payment, request } = partsOf(file);
  const isOpenToPayer = payment.status === 'REQUIRES_ACTION' || code === 'authentication_required';
  return request.by === 'MERCHANT' && isOpenToPayer;
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
  const { transaction } = partsOf(file);
  const intents = intentsOf(carrier, file);
  const close = (key: string) => intents.close(externalId, key);
  let closed = await close(`${transaction.id}-close`);
  // An error that was saved under the key is answered for a day, while the payment could still be paid. Closing moves no money: ask anew.
  if (closed.kind === 'unknown' && closed.replayed) {
    closed = await close(`${transaction.id}-close-${carrier.units.clock.now().getTime()}`);
  }
  if (closed.kind === 'done' && closed.value.state === 'CANCELED') return outcome;
  const seen = await intentsOf(carrier, file).retrieve(externalId);
  if (seen.kind !== 'done') return { kind: 'unknown' };
  if (seen.value.state === 'CANCELED') return outcome;
  const moved = seen.value.state !== 'FAILED' && seen.value.state !== 'PREPARED';
  return moved ? { kind: 'seen', snapshot: seen.value } : { kind: 'unknown' };
}

async function afterReplay(carrier: Carrier, file: OrderFile, externalId: string): Promise<PaymentOutcome> {
  const seen = await intentsOf(carrier, file).retrieve(externalId);
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
  const transactionId = partsOf(file).transaction.id;
  return ensureCustomer(units, gateway, { operatorId, payerId, accountId, transactionId });
}

function transactionOf(file: OrderFile) {
  return partsOf(file).transaction;
}

/** An answer about something else than the payment: only what went wrong is of interest. */
function withoutValue(answer: Exclude<Answer<string | null>, { kind: 'done' }>): Answer<null> {
  return answer.kind === 'declined' ? { ...answer, value: null } : answer;
}
