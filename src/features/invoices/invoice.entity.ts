import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { CHARGE_STOPS, type ChargeStop, INVOICE_STATUSES, type InvoiceStatus } from './domain/words.js';

/**
 * The table of invoices, read and written by the prepared statements of this
 * feature; this class is their schema, and its constraints are the promises.
 * Dates are the invoice's own, in its `time_zone`. What an invoice has to do
 * with a payment is on the order: `orders.invoice_id`.
 */
@Entity({ tableName: 'invoices', rowLevelSecurity: 'force', policies: [systemReads('invoices')] })
@Unique({ name: 'invoices_number_unique', properties: ['operatorId', 'merchantId', 'mode', 'number'] })
// What items, credit notes and orders refer to, so that they are of its merchant and in its mode.
@Unique({ name: 'invoices_of_merchant_unique', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
// What is added finds the one draft that gathers it.
@Index({
  name: 'invoices_one_draft',
  expression:
    `create unique index "invoices_one_draft" on "invoices" ("operator_id", "payer_id", "currency", "month") ` +
    `where status = 'DRAFT'`,
})
@Index({ name: 'invoices_by_mode', properties: ['operatorId', 'mode', 'id'] })
@Index({ name: 'invoices_by_payer', properties: ['operatorId', 'payerId', 'id'] })
@Index({ name: 'invoices_by_month', properties: ['operatorId', 'mode', 'month', 'currency', 'status'] })
@Index({
  name: 'invoices_due',
  expression: `create index "invoices_due" on "invoices" ("operator_id", "due_at") where due_at is not null`,
})
@Index({
  name: 'invoices_stale',
  expression: `create index "invoices_stale" on "invoices" ("operator_id", "stale_since") where stale_since is not null`,
})
@Check({ name: 'invoices_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
@Check({ name: 'invoices_month_check', expression: 'extract(day from month) = 1' })
@Check({ name: 'invoices_title_check', expression: 'char_length(title) >= 1 and char_length(title) <= 200' })
// A number is taken by closing, and only by that: so none is missing. A draft that was thrown away has none.
@Check({
  name: 'invoices_number_check',
  expression:
    "(number is null) = (closed_at is null) and (status <> 'DRAFT' or number is null) " +
    "and (number is not null or status in ('DRAFT', 'VOID')) and number >= 1",
})
@Check({
  name: 'invoices_closed_check',
  expression:
    '(closed_at is null) = (issued_on is null) and (closed_at is null) = (due_on is null) and due_on >= issued_on',
})
@Check({
  name: 'invoices_amounts_add_up',
  expression:
    'subtotal_minor >= 0 and tax_minor >= 0 and total_minor = subtotal_minor + tax_minor and credit_applied_minor >= 0 ' +
    'and credited_minor >= 0 and paid_minor >= 0 and refunded_minor >= 0 and refunded_minor <= paid_minor ' +
    'and credit_applied_minor + credited_minor + paid_minor <= total_minor',
})
// Paid is paid: by money, by the payer's credit or by a credit note, to the last unit.
@Check({
  name: 'invoices_paid_check',
  expression:
    "(status = 'PAID') = (paid_at is not null) " +
    "and (status <> 'PAID' or credit_applied_minor + credited_minor + paid_minor = total_minor)",
})
@Check({
  name: 'invoices_ended_check',
  expression:
    "(status = 'VOID') = (voided_at is not null) and (status <> 'UNCOLLECTIBLE' or uncollectible_at is not null)",
})
@Check({ name: 'invoices_tries_check', expression: 'attempts >= 0 and declines >= 0 and technical_failures >= 0' })
export class Invoice extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'uuid' })
  payerId!: string;

  @Property({ type: 'text' })
  currency!: string;

  @Enum(oneOf(INVOICE_STATUSES))
  status!: InvoiceStatus;

  /** The first day of the month that its items are dated in. */
  @Property({ type: 'string', columnType: 'date' })
  month!: string;

  /** The merchant's when the draft was made: so the month of what is on it never shifts. */
  @Property({ type: 'text' })
  timeZone!: string;

  /** Its place in the merchant's series, without gaps; null until it is closed. */
  @Property({ type: 'integer', nullable: true })
  number!: number | null;

  @Property({ type: 'text' })
  title!: string;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  issuedOn!: string | null;

  /** Paid until the end of this day in `time_zone`, or it is past due. */
  @Property({ type: 'string', columnType: 'date', nullable: true })
  dueOn!: string | null;

  /** Of a draft as of `totals_at`; of a closed invoice exact and final. */
  @Property({ type: 'bigint', default: 0 })
  subtotalMinor!: bigint;

  @Property({ type: 'bigint', default: 0 })
  taxMinor!: bigint;

  @Property({ type: 'bigint', default: 0 })
  totalMinor!: bigint;

  @Property({ type: 'integer', default: 0 })
  itemCount!: number;

  @Property({ type: 'timestamptz' })
  totalsAt!: Date;

  /** When the first item came or went that the totals do not know of. */
  @Property({ type: 'timestamptz', nullable: true })
  staleSince!: Date | null;

  /** Of the payer's credit, used by closing. */
  @Property({ type: 'bigint', default: 0 })
  creditAppliedMinor!: bigint;

  /** Taken off what is owed by credit notes made before it was paid. */
  @Property({ type: 'bigint', default: 0 })
  creditedMinor!: bigint;

  @Property({ type: 'bigint', default: 0 })
  paidMinor!: bigint;

  /** Given back of what was paid. */
  @Property({ type: 'bigint', default: 0 })
  refundedMinor!: bigint;

  /** What it is to be charged under; null: the payer's own is looked for. */
  @Property({ type: 'uuid', nullable: true })
  agreementId!: string | null;

  /** The order that is to pay it, or has, or has failed to: the last one. */
  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  /** How it was paid past us, such as the number of a bank transfer. */
  @Property({ type: 'text', nullable: true })
  paidOutside!: string | null;

  @Property({ type: 'integer', default: 0 })
  attempts!: number;

  @Property({ type: 'integer', default: 0 })
  declines!: number;

  @Property({ type: 'integer', default: 0 })
  technicalFailures!: number;

  @Property({ type: 'timestamptz', nullable: true })
  firstFailedAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  retryAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  declineCode!: string | null;

  /** Set once it is not charged by itself any more; its payer may pay it on the page. */
  @Enum({ ...oneOf(CHARGE_STOPS), nullable: true })
  chargeStop!: ChargeStop | null;

  /** In words, where there is more to say: which limit it was, or why no agreement fits. */
  @Property({ type: 'text', nullable: true })
  chargeStopDetail!: string | null;

  /** When there is something to be done about it by itself; derived from the rest whenever it changes. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  closeAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  closedAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  paidAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  voidedAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  uncollectibleAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
