import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import {
  AGREEMENT_TYPES,
  type AgreementType,
  AMOUNT_VARIABILITIES,
  type AmountVariability,
  PAYMENT_FREQUENCIES,
  type PaymentFrequency,
} from '../../kernel/agreement-type.js';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { AGREEMENT_STATUSES, type AgreementStatus } from './domain/agreement-status.js';
import type { Retailer } from './domain/agreement-terms.js';
import { SCHEDULE_PERIODS, type SchedulePeriod } from './domain/schedule.js';
import { CHARGE_MODES, SUSPENSION_CAUSES, type SuspensionCause } from './domain/words.js';

/**
 * The table of agreements. They are read and written by the prepared statements
 * of `agreements-sql.ts`; this class is their schema, and its constraints are
 * the promises. Dates are the agreement's own, in its `time_zone`.
 */
@Entity({ tableName: 'agreements', rowLevelSecurity: 'force', policies: [systemReads('agreements')] })
@Unique({ name: 'agreements_reference_unique', properties: ['operatorId', 'merchantId', 'mode', 'reference'] })
// What orders refer to, so that an order's agreement is of its merchant and in its mode.
@Unique({ name: 'agreements_of_merchant_unique', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Index({ name: 'agreements_by_mode', properties: ['operatorId', 'mode', 'id'] })
@Index({ name: 'agreements_by_payer', properties: ['operatorId', 'payerId', 'id'] })
@Index({ name: 'agreements_by_credential', properties: ['operatorId', 'credentialId'] })
// With the operator: the billing run asks who has anything due, and then for one operator's in order.
@Index({
  name: 'agreements_due',
  expression: `create index "agreements_due" on "agreements" ("operator_id", "due_at") where due_at is not null`,
})
@Check({
  name: 'agreements_reference_check',
  expression: 'char_length(reference) >= 1 and char_length(reference) <= 100',
})
@Check({ name: 'agreements_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
@Check({
  name: 'agreements_limits_check',
  expression:
    'minimum_minor > 0 and maximum_minor > 0 and minimum_minor <= maximum_minor ' +
    'and minimum_days >= 1 and minimum_days <= 9999 and number_of_payments >= 1 and number_of_payments <= 999',
})
// Never more merchant-initiated payments than the payer agreed to.
@Check({ name: 'agreements_payments_check', expression: 'payments_made >= 0 and payments_made <= number_of_payments' })
@Check({
  name: 'agreements_schedule_check',
  expression:
    '(period is null and interval_count is null and schedule_start is null and local_time is null and next_charge_at is null) ' +
    'or (period is not null and interval_count is not null and interval_count >= 1 and schedule_start is not null and local_time is not null and charge_mode is not null)',
})
@Check({
  name: 'agreements_charge_amounts_check',
  expression:
    '(charge_mode is null) = (cardinality(charge_amounts) = 0) ' +
    "and (charge_mode <> 'FIXED' or cardinality(charge_amounts) = 1) and (charge_mode <> 'RANGE' or cardinality(charge_amounts) = 2)",
})
@Check({
  name: 'agreements_top_up_check',
  expression: '(top_up_threshold_minor is null) = (top_up_minor is null) and top_up_minor > 0',
})
// Nothing is charged without the payer's first transaction, nor with anything but what the payer agreed to.
@Check({
  name: 'agreements_in_force_check',
  expression: "status <> 'ACTIVE' and status <> 'PAST_DUE' or credential_id is not null and first_cit_at is not null",
})
@Check({ name: 'agreements_numbers_check', expression: 'next_number >= 1 and base_number >= 1 and base_index >= 0' })
export class Agreement extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'uuid' })
  paymentSystemAccountId!: string;

  @Property({ type: 'uuid' })
  payerId!: string;

  /** What it is charged with; null until the payer's first transaction succeeded. */
  @Property({ type: 'uuid', nullable: true })
  credentialId!: string | null;

  /** The merchant's own id of it; made by us where it gave none. */
  @Property({ type: 'text' })
  reference!: string;

  @Enum(oneOf(AGREEMENT_TYPES))
  type!: AgreementType;

  @Enum(oneOf(AGREEMENT_STATUSES))
  status!: AgreementStatus;

  @Enum({ ...oneOf(SUSPENSION_CAUSES), nullable: true })
  suspendedBecause!: SuspensionCause | null;

  @Property({ type: 'text' })
  currency!: string;

  @Enum({ ...oneOf(AMOUNT_VARIABILITIES), nullable: true })
  amountVariability!: AmountVariability | null;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  startDate!: string | null;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  expiryDate!: string | null;

  @Property({ type: 'bigint', nullable: true })
  minimumMinor!: bigint | null;

  @Property({ type: 'bigint', nullable: true })
  maximumMinor!: bigint | null;

  @Property({ type: 'integer', nullable: true })
  minimumDays!: number | null;

  @Property({ type: 'integer', nullable: true })
  numberOfPayments!: number | null;

  @Enum({ ...oneOf(PAYMENT_FREQUENCIES), nullable: true })
  frequency!: PaymentFrequency | null;

  @Property({ type: 'jsonb', nullable: true })
  retailer!: Retailer | null;

  @Property({ type: 'jsonb' })
  metadata!: Record<string, unknown>;

  @Enum({ ...oneOf(CHARGE_MODES), nullable: true })
  chargeMode!: string | null;

  /** One amount, the two ends of a range, or a sequence in turn. */
  @Property({ type: 'array', columnType: 'bigint[]' })
  chargeAmounts!: string[];

  @Enum({ ...oneOf(SCHEDULE_PERIODS), nullable: true })
  period!: SchedulePeriod | null;

  @Property({ type: 'integer', nullable: true })
  intervalCount!: number | null;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  scheduleStart!: string | null;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  finishDate!: string | null;

  @Property({ type: 'text' })
  timeZone!: string;

  @Property({ type: 'text', nullable: true })
  localTime!: string | null;

  @Property({ type: 'integer', default: 1 })
  baseNumber!: number;

  @Property({ type: 'integer', default: 0 })
  baseIndex!: number;

  /** The number of the first period that is not claimed yet. */
  @Property({ type: 'integer', default: 1 })
  nextNumber!: number;

  @Property({ type: 'timestamptz', nullable: true })
  nextChargeAt!: Date | null;

  @Property({ type: 'bigint', nullable: true })
  topUpThresholdMinor!: bigint | null;

  @Property({ type: 'bigint', nullable: true })
  topUpMinor!: bigint | null;

  /** Whether the last reported balance was below the threshold: the crossing has been charged for. */
  @Property({ type: 'boolean', default: false })
  isBelow!: boolean;

  /** Merchant-initiated payments that succeeded. */
  @Property({ type: 'integer', default: 0 })
  paymentsMade!: number;

  @Property({ type: 'string', columnType: 'date', nullable: true })
  lastPaymentOn!: string | null;

  /** When the payer's first transaction was made; of imported agreements elsewhere, with its reference there. */
  @Property({ type: 'timestamptz', nullable: true })
  firstCitAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  firstCitReference!: string | null;

  /** When it is given up if the payer's first transaction has not come. */
  @Property({ type: 'timestamptz', nullable: true })
  pendingUntil!: Date | null;

  /** The period whose coming was announced last. */
  @Property({ type: 'integer', nullable: true })
  noticedNumber!: number | null;

  /** The period before which the card's end was announced last. */
  @Property({ type: 'integer', nullable: true })
  expiryNoticedNumber!: number | null;

  /** The next moment at which the billing run has anything to do with it. Null: nothing by itself. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz' })
  updatedAt!: Date;
}
