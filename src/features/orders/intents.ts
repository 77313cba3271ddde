import type { ConfirmPayment, MandateAcceptance } from '../payment-systems/index.js';
import type { Carrier } from './carrier.js';
import type { Intents } from './intent.js';
import { initiationOf, partsOf, referenceOf, searchOf } from './intent-parts.js';
import { isByPage, money, type OperationRequest, type OrderFile } from './order-rows.js';
import { pageIntents } from './page-intents.js';

/** The way to what an order's payment operation is at the payment system. */
export function intentsOf(carrier: Carrier, file: OrderFile): Intents {
  const { payment } = partsOf(file);
  if (isByPage(payment) && payment.finishedAt === null) return pageIntents(carrier, file);
  return payment.type === 'VERIFICATION' ? verifications(carrier, file) : payments(carrier, file);
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
    retrieve: (externalId) => gateway.retrievePayment(externalId ?? ''),
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
    retrieve: (externalId) => gateway.retrieveVerification(externalId ?? ''),
    find: () => gateway.findVerification(searchOf(carrier, file)),
    close: (externalId, key) => gateway.closeVerification(externalId, key),
  };
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
