import { Agreement } from './features/agreements/agreement.entity.js';
import { AgreementChange } from './features/agreements/agreement-change.entity.js';
import { AgreementCharge } from './features/agreements/agreement-charge.entity.js';
import { BulkOperation } from './features/bulk/bulk-operation.entity.js';
import { BulkReference } from './features/bulk/bulk-reference.entity.js';
import { BulkRow } from './features/bulk/bulk-row.entity.js';
import { CreditNote } from './features/invoices/credit-note.entity.js';
import { CreditNoteLine } from './features/invoices/credit-note-line.entity.js';
import { Invoice } from './features/invoices/invoice.entity.js';
import { InvoiceItem } from './features/invoices/invoice-item.entity.js';
import { InvoiceSeries } from './features/invoices/invoice-series.entity.js';
import { PayerCredit, PayerCreditEntry } from './features/invoices/payer-credit.entity.js';
import { BalanceMovementRow } from './features/ledger/balance-movement.entity.js';
import { BalanceSweep } from './features/ledger/balance-sweep.entity.js';
import { LedgerBalance, LedgerPosition } from './features/ledger/ledger-balance.entity.js';
import { LedgerCheck, LedgerDifference } from './features/ledger/ledger-check.entity.js';
import { LedgerEntry } from './features/ledger/ledger-entry.entity.js';
import { LedgerOrder } from './features/ledger/ledger-order.entity.js';
import { LedgerPosting } from './features/ledger/ledger-posting.entity.js';
import { Payout } from './features/ledger/payout.entity.js';
import { Settlement } from './features/ledger/settlement.entity.js';
import { Notification } from './features/notifications/notification.entity.js';
import { NotificationAttempt } from './features/notifications/notification-attempt.entity.js';
import { NotificationCursor } from './features/notifications/notification-cursor.entity.js';
import { NotificationEndpoint } from './features/notifications/notification-endpoint.entity.js';
import { Dispute } from './features/orders/dispute.entity.js';
import { Operation } from './features/orders/operation.entity.js';
import { Order } from './features/orders/order.entity.js';
import { PaymentTransaction } from './features/orders/transaction.entity.js';
import { Payer } from './features/payers/payer.entity.js';
import { PayerCustomer } from './features/payers/payer-customer.entity.js';
import { StoredCredential } from './features/payers/stored-credential.entity.js';
import { InboxEvent } from './features/payment-systems/inbox-event.entity.js';
import { PaymentPaceRow } from './features/payment-systems/payment-pace.entity.js';
import { PaymentSystemAccount } from './features/payment-systems/payment-system-account.entity.js';
import { WebhookEndpoint } from './features/payment-systems/webhook-endpoint.entity.js';
import { ApiKey } from './features/tenancy/api-key.entity.js';
import { Merchant } from './features/tenancy/merchant.entity.js';
import { Operator } from './features/tenancy/operator.entity.js';
import { MerchantSigningSecret } from './features/tenancy/signing-secret.entity.js';
import { TestClock } from './platform/database/test-clock.entity.js';
import { Event } from './platform/events/event.entity.js';
import { IdempotencyKey } from './platform/idempotency/idempotency-key.entity.js';

/** Every table of the product: the schema is generated from these and compared with the migrations. */
export const ENTITIES = [
  Operator,
  TestClock,
  Merchant,
  ApiKey,
  MerchantSigningSecret,
  PaymentSystemAccount,
  WebhookEndpoint,
  InboxEvent,
  PaymentPaceRow,
  Payer,
  PayerCustomer,
  StoredCredential,
  Order,
  Operation,
  PaymentTransaction,
  Dispute,
  LedgerPosting,
  LedgerEntry,
  LedgerOrder,
  LedgerBalance,
  LedgerPosition,
  BalanceMovementRow,
  BalanceSweep,
  Payout,
  Settlement,
  LedgerCheck,
  LedgerDifference,
  Agreement,
  AgreementCharge,
  AgreementChange,
  Invoice,
  InvoiceItem,
  InvoiceSeries,
  CreditNote,
  CreditNoteLine,
  PayerCredit,
  PayerCreditEntry,
  BulkOperation,
  BulkRow,
  BulkReference,
  NotificationEndpoint,
  Notification,
  NotificationAttempt,
  NotificationCursor,
  Event,
  IdempotencyKey,
];
