import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { TRANSACTION_SOURCES, type TransactionSource } from '../../kernel/transaction-source.js';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { LANGUAGES, type Language } from './domain/language.js';
import { CAPTURE_MODES, type CaptureMode, ORDER_STATUSES, type OrderStatus } from './domain/order-status.js';
import { STORED_ON_FILE, type StoredOnFile } from './domain/scheme-rules.js';

/**
 * The table of orders. Orders are read and written by the prepared statements
 * of `orders-sql.ts`, which lie on the hot way; this class is their schema:
 * columns, constraints and policies. The constraints are the promises.
 */
@Entity({ tableName: 'orders', rowLevelSecurity: 'force', policies: [systemReads('orders')] })
@Unique({ name: 'orders_bill_number_unique', properties: ['operatorId', 'billNumber'] })
// At most one order per number is live or paid; a number is free again when its order came to nothing.
@Index({
  name: 'orders_number_held',
  expression:
    `create unique index "orders_number_held" on "orders" ("operator_id", "merchant_id", "mode", "order_number") ` +
    `where status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
})
@Index({
  name: 'orders_external_payment',
  expression:
    `create unique index "orders_external_payment" on "orders" ("operator_id", "payment_system_account_id", "external_payment_id") ` +
    `where external_payment_id is not null`,
})
// Exactly once: of all attempts at a charge at most one is live or paid, but for one that the payer's bank took back.
@Index({
  name: 'orders_charge_held',
  expression:
    `create unique index "orders_charge_held" on "orders" ("operator_id", "charge_id") ` +
    `where charge_id is not null and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
})
// An invoice is paid once: of all orders for it at most one is live or paid, but for one that the payer's bank took back.
@Index({
  name: 'orders_invoice_held',
  expression:
    `create unique index "orders_invoice_held" on "orders" ("operator_id", "invoice_id") ` +
    `where invoice_id is not null and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
})
@Index({
  name: 'orders_by_invoice',
  expression:
    `create index "orders_by_invoice" on "orders" ("operator_id", "invoice_id", "id") ` +
    `where invoice_id is not null`,
})
@Index({
  name: 'orders_by_agreement',
  expression:
    `create index "orders_by_agreement" on "orders" ("operator_id", "agreement_id", "id") ` +
    `where agreement_id is not null`,
})
// Every attempt at a charge, also those that came to nothing: a charge shows them all.
@Index({
  name: 'orders_by_charge',
  expression:
    `create index "orders_by_charge" on "orders" ("operator_id", "charge_id", "id") ` + `where charge_id is not null`,
})
// The schemes limit how often a card that was declined may be tried.
@Index({
  name: 'orders_tries_of_credential',
  expression:
    `create index "orders_tries_of_credential" on "orders" ("operator_id", "credential_id", "created_at") ` +
    `where charge_id is not null and status in ('DECLINED', 'EXPIRED')`,
})
@Index({ name: 'orders_by_merchant', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Index({ name: 'orders_by_mode', properties: ['operatorId', 'mode', 'id'] })
@Index({ name: 'orders_by_payer', properties: ['operatorId', 'payerId', 'id'] })
@Index({ name: 'orders_by_number', properties: ['operatorId', 'merchantId', 'orderNumber'] })
@Index({ name: 'orders_due', expression: `create index "orders_due" on "orders" ("due_at") where due_at is not null` })
// For operators whose test clock is ahead.
@Index({
  name: 'orders_due_of_tests',
  expression:
    `create index "orders_due_of_tests" on "orders" ("operator_id", "due_at") ` +
    `where mode = 'TEST' and due_at is not null`,
})
@Check({
  name: 'orders_amounts_add_up',
  expression:
    'amount_minor >= 0 and captured_minor >= 0 and voided_minor >= 0 and refunded_minor >= 0 and disputed_minor >= 0 ' +
    'and captured_minor + voided_minor <= authorized_minor and refunded_minor <= captured_minor',
})
@Check({ name: 'orders_charge_check', expression: 'charge_id is null or agreement_id is not null' })
@Check({ name: 'orders_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
@Check({ name: 'orders_bill_number_check', expression: "bill_number ~ '^[0-9]{12}$'" })
@Check({
  name: 'orders_order_number_check',
  expression: 'char_length(order_number) >= 1 and char_length(order_number) <= 128',
})
export class Order extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Property({ type: 'uuid', nullable: true })
  payerId!: string | null;

  /** The merchant's own number, 1–128 characters. */
  @Property({ type: 'text' })
  orderNumber!: string;

  /** Ours: digits only, with a check digit, to be read over the telephone. */
  @Property({ type: 'text' })
  billNumber!: string;

  @Property({ type: 'text', nullable: true })
  description!: string | null;

  /** Derived from the amounts and operations by `orderStatus`; stored to be searched. */
  @Enum(oneOf(ORDER_STATUSES))
  status!: OrderStatus;

  /** How an order ended of which nothing was captured: by someone's wish, or by time. */
  @Enum({ ...oneOf(['CANCELED', 'EXPIRED']), nullable: true })
  closedAs!: 'CANCELED' | 'EXPIRED' | null;

  @Enum(oneOf(CAPTURE_MODES))
  captureMode!: CaptureMode;

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** What the payer's bank granted, holds that lapsed since included. */
  @Property({ type: 'bigint', default: 0 })
  authorizedMinor!: bigint;

  @Property({ type: 'bigint', default: 0 })
  capturedMinor!: bigint;

  @Property({ type: 'bigint', default: 0 })
  refundedMinor!: bigint;

  /** Given back of the hold: cancelled, released with a final capture, or lapsed. */
  @Property({ type: 'bigint', default: 0 })
  voidedMinor!: bigint;

  /** What open and lost disputes are about. */
  @Property({ type: 'bigint', default: 0 })
  disputedMinor!: bigint;

  @Enum({ ...oneOf(TRANSACTION_SOURCES), nullable: true })
  source!: TransactionSource | null;

  @Enum({ ...oneOf(STORED_ON_FILE), nullable: true })
  storedOnFile!: StoredOnFile | null;

  @Property({ type: 'boolean' })
  saveCredential!: boolean;

  /** The invoice that the order is to pay. */
  @Property({ type: 'uuid', nullable: true })
  invoiceId!: string | null;

  /** What of its money is counted as paid of that invoice. */
  @Property({ type: 'bigint', default: 0 })
  invoiceTakenMinor!: bigint;

  /** What came of it that the invoice did not owe any more. */
  @Property({ type: 'bigint', default: 0 })
  invoiceSpareMinor!: bigint;

  /** Paid from a bank account: what is disputed of it has been taken back, and is not argued about first. */
  @Property({ type: 'boolean', default: false })
  byDebit!: boolean;

  /** The agreement that the order's payment establishes or is a charge under. */
  @Property({ type: 'uuid', nullable: true })
  agreementId!: string | null;

  /** The charge of that agreement which this order is an attempt at; null for what the payer pays in person. */
  @Property({ type: 'uuid', nullable: true })
  chargeId!: string | null;

  /** The payer's bank took it back, so that its charge is owed again: another attempt has room, whatever becomes of this one. */
  @Property({ type: 'boolean', default: false })
  chargeReleased!: boolean;

  /** What is stored of what it was paid with: used by it, or kept with its success. */
  @Property({ type: 'uuid', nullable: true })
  credentialId!: string | null;

  /** The payment at the payment system that this order's money is in: `pi_…`. */
  @Property({ type: 'text', nullable: true })
  externalPaymentId!: string | null;

  /** In which the payer reads; null: their browser says. */
  @Enum({ ...oneOf(LANGUAGES), nullable: true })
  payerLanguage!: Language | null;

  /** The caller or the merchant's default names the account: the payer has no choice of payment system. */
  @Property({ type: 'boolean', default: true })
  accountFixed!: boolean;

  @Property({ type: 'boolean', default: false })
  multicapture!: boolean;

  @Property({ type: 'boolean', default: false })
  incrementable!: boolean;

  @Property({ type: 'timestamptz', nullable: true })
  captureBefore!: Date | null;

  /** When the coming end of the hold was announced. */
  @Property({ type: 'timestamptz', nullable: true })
  captureWarnedAt!: Date | null;

  /** When an order that nobody has paid is closed. */
  @Property({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  returnUrl!: string | null;

  @Property({ type: 'text', nullable: true })
  callbackUrl!: string | null;

  @Property({ type: 'jsonb' })
  metadata!: Record<string, unknown>;

  /** The next moment at which something may have to be done by itself: expiry, warning, lapse. Null: nothing. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
