import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type {
  DisputeSnapshot,
  InboxHandlers,
  InboxOutcome,
  InboxSubject,
  PaymentSnapshot,
  RefundSnapshot,
} from '../payment-systems/index.js';
import { applyPayment } from './apply-payment.js';
import { adoptRefund } from './apply-refund.js';
import { type Carrier, type Carriers, carrierFor } from './carrier.js';
import { recordStep } from './carry-out-cancellation.js';
import { recordPayment, resumePayment } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import { readFile } from './once.js';
import { inFlight, type OrderFile, type OrderRow } from './order-rows.js';
import {
  DISPUTED_AMOUNT,
  HURRY_TRANSACTIONS,
  LOCK_ORDER_BY_PAYMENT,
  ORDER_BY_PAYMENT,
  UPSERT_DISPUTE,
} from './orders-sql.js';

/**
 * What a payment system's event means for orders. The event is a hint: what it
 * is about is fetched again, and then recorded by the same use cases as an
 * answer of the API.
 */
export function orderInboxHandlers(carriers: Carriers): InboxHandlers {
  return {
    payment: (subject, externalId) => onPayment(carriers, subject, externalId),
    refund: (subject, externalId) => onRefund(carriers, subject, externalId),
    dispute: (subject, externalId) => onDispute(carriers, subject, externalId),
  };
}
