import type { Initiation, OurReference, PaymentSearch } from '../payment-systems/index.js';
import type { Carrier } from './carrier.js';
import { type OperationRow, type OrderFile, paymentOf, transactionsOf } from './order-rows.js';

export function partsOf(file: OrderFile) {
  const payment = paymentOf(file);
  const transaction = payment && transactionsOf(file, payment)[0];
  if (!payment || !transaction) throw new Error(`order ${file.order.id} has no payment to carry out`);
  return { payment, transaction, request: payment.request };
}

export function initiationOf(file: OrderFile): Initiation {
  const { by, store, agreement, resubmission }: OperationRow['request'] = partsOf(file).request;
  return {
    by: by ?? 'PAYER',
    store: store ? 'FOR_MERCHANT' : 'NO',
    source: file.order.source ?? 'INTERNET',
    agreement: agreement ?? null,
    resubmission: resubmission ?? false,
  };
}

export function referenceOf({ operatorId }: Carrier, file: OrderFile): OurReference {
  const { order } = file;
  return { operatorId, merchantId: order.merchantId, orderId: order.id, transactionId: partsOf(file).transaction.id };
}

export function searchOf({ units, operatorId }: Carrier, file: OrderFile): PaymentSearch {
  const { transaction, request } = partsOf(file);
  return {
    transactionId: transaction.id,
    externalCustomerId: request.externalCustomerId ?? null,
    since: units.clocks.realTime(operatorId, transaction.createdAt),
  };
}
