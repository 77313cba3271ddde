import type {
  Answer,
  ConfirmPayment,
  Initiation,
  MandateAcceptance,
  OurReference,
  PaymentSearch,
  PaymentSnapshot,
  VerificationSnapshot,
} from '../payment-systems/index.js';
import type { Carrier } from './carrier.js';
import {
  money,
  type OperationRequest,
  type OperationRow,
  type OrderFile,
  paymentOf,
  transactionsOf,
} from './order-rows.js';

/** A payment, or a check of a means of payment: both are made, confirmed, looked up and closed alike. */
export type IntentSnapshot = PaymentSnapshot | VerificationSnapshot;

export interface Intents {
  /** Made without asking the payer's bank. */
  prepare(externalCustomerId: string | null, key: string): Promise<Answer<IntentSnapshot>>;
  confirm(externalId: string, key: string): Promise<Answer<IntentSnapshot>>;
  retrieve(externalId: string): Promise<Answer<IntentSnapshot>>;
  find(): Promise<Answer<IntentSnapshot | null>>;
  close(externalId: string, key: string): Promise<Answer<IntentSnapshot>>;
}

/** The way to what an order's payment operation is at the payment system. */
export function intentsOf(carrier: Carrier, file: OrderFile): Intents {
  return partsOf(file).payment.type === 'VERIFICATION' ? verifications(carrier, file) : payments(carrier, file);
}

function payments(carrier: Carrier, file: OrderFile): Intents {
  const { gateway } = carrier;
  const { order } = file;
  const { request } = partsOf(file);
  return {
    prepare: (externalCustomerId, key) =>
      gateway.preparePayment(
        {
          reference: referenceOf(carrier, file),
          amount: money(order, order.amount),
          captureMode: order.captureMode,
          token: request.token ?? '',
          externalCustomerId,
          initiation: initiationOf(file),
          description: order.description,
          receiptEmail: request.receiptEmail ?? null,
        },
        key,
      ),
    confirm: (externalId, key) => gateway.confirmPayment(confirmation(file, externalId), key),
    retrieve: (externalId) => gateway.retrievePayment(externalId),
    find: () => gateway.findPayment(searchOf(carrier, file)),
    close: (externalId, key) => gateway.voidPayment({ externalId, reason: 'ABANDONED' }, key),
  };
}

function verifications(carrier: Carrier, file: OrderFile): Intents {
  const { gateway } = carrier;
  const { request } = partsOf(file);
  return {
    prepare: (externalCustomerId, key) =>
      gateway.prepareVerification(
        {
          reference: referenceOf(carrier, file),
          currency: file.order.currency,
          token: request.token ?? '',
          // Nothing is checked but to be kept, and what is kept belongs to a customer: the rules saw to that.
          externalCustomerId: externalCustomerId ?? '',
          initiation: initiationOf(file),
          description: file.order.description,
        },
        key,
      ),
    confirm: (externalId, key) => gateway.confirmVerification(confirmation(file, externalId), key),
    retrieve: (externalId) => gateway.retrieveVerification(externalId),
    find: () => gateway.findVerification(searchOf(carrier, file)),
    close: (externalId, key) => gateway.closeVerification(externalId, key),
  };
}

export function partsOf(file: OrderFile) {
  const payment = paymentOf(file);
  const transaction = payment && transactionsOf(file, payment)[0];
  if (!payment || !transaction) throw new Error(`order ${file.order.id} has no payment to carry out`);
  return { payment, transaction, request: payment.request };
}

function confirmation(file: OrderFile, externalId: string): ConfirmPayment {
  const { request } = partsOf(file);
  return {
    externalId,
    initiation: initiationOf(file),
    returnUrl: request.returnUrl ?? null,
    mandate: mandateOf(request),
  };
}

function mandateOf({ mandate }: OperationRequest): MandateAcceptance | null {
  return mandate ? { ...mandate, acceptedAt: new Date(mandate.acceptedAt) } : null;
}

function initiationOf(file: OrderFile): Initiation {
  const { by, store, agreement, resubmission }: OperationRow['request'] = partsOf(file).request;
  return {
    by: by ?? 'PAYER',
    store: store ? 'FOR_MERCHANT' : 'NO',
    source: file.order.source ?? 'INTERNET',
    agreement: agreement ?? null,
    resubmission: resubmission ?? false,
  };
}

function referenceOf({ operatorId }: Carrier, file: OrderFile): OurReference {
  const { order } = file;
  return { operatorId, merchantId: order.merchantId, orderId: order.id, transactionId: partsOf(file).transaction.id };
}

function searchOf({ units, operatorId }: Carrier, file: OrderFile): PaymentSearch {
  const { transaction, request } = partsOf(file);
  return {
    transactionId: transaction.id,
    externalCustomerId: request.externalCustomerId ?? null,
    since: units.clocks.realTime(operatorId, transaction.createdAt),
  };
}
