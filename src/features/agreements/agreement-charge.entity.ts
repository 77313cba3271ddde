import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { CHARGE_STATUSES, type ChargeStatus } from './domain/agreement-status.js';
import { CHARGE_KINDS, type ChargeKind, GIVE_UP_CAUSES, type GiveUpCause } from './domain/words.js';

/** What is charged under an agreement, once: a period, a part, a top-up. The attempts at it are orders. */
@Entity({ tableName: 'agreement_charges', rowLevelSecurity: 'force' })
// Exactly once: of one period there is one charge, whoever claims it how often and at what time.
@Unique({ name: 'agreement_charges_number_unique', properties: ['operatorId', 'agreementId', 'number'] })
// What orders refer to, so that an attempt is of its charge's agreement.
@Unique({ name: 'agreement_charges_of_agreement_unique', properties: ['operatorId', 'agreementId', 'id'] })
@Index({
  name: 'agreement_charges_open',
  expression:
    `create index "agreement_charges_open" on "agreement_charges" ("operator_id", "agreement_id") ` +
    `where status = 'OPEN'`,
})
@Check({ name: 'agreement_charges_amount_check', expression: 'amount_minor > 0' })
@Check({ name: 'agreement_charges_number_check', expression: 'number >= 1' })
@Check({
  name: 'agreement_charges_kind_number_check',
  expression: "(number is not null) = (kind in ('SCHEDULED', 'FIRST_PART'))",
})
@Check({
  name: 'agreement_charges_finished_check',
  expression: "(status = 'OPEN') = (finished_at is null) and (status = 'OPEN' or retry_at is null)",
})
@Check({
  name: 'agreement_charges_attempts_check',
  expression:
    'attempts >= 0 and declines >= 0 and technical_failures >= 0 and declines + technical_failures <= attempts',
})
export class AgreementCharge extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  agreementId!: string;

  /** The period, counted from 1 for the agreement's whole life; null outside its schedule. */
  @Property({ type: 'integer', nullable: true })
  number!: number | null;

  @Enum(oneOf(CHARGE_KINDS))
  kind!: ChargeKind;

  /** Frozen when the charge is claimed, drawn amounts too. */
  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  /** When it was planned to be charged. */
  @Property({ type: 'timestamptz' })
  plannedAt!: Date;

  @Enum(oneOf(CHARGE_STATUSES))
  status!: ChargeStatus;

  @Property({ type: 'integer' })
  attempts!: number;

  /** Attempts that the payer's bank declined since it was opened. */
  @Property({ type: 'integer', default: 0 })
  declines!: number;

  /** Attempts since then that the payment system did not carry out. */
  @Property({ type: 'integer', default: 0 })
  technicalFailures!: number;

  @Property({ type: 'timestamptz', nullable: true })
  firstFailedAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  lastAttemptAt!: Date | null;

  /** When it is tried again; null while an attempt is under way, and when it is not. */
  @Property({ type: 'timestamptz', nullable: true })
  retryAt!: Date | null;

  /** The attempt that is neither paid nor failed yet. */
  @Property({ type: 'uuid', nullable: true })
  liveOrderId!: string | null;

  /** The last attempt. */
  @Property({ type: 'uuid', nullable: true })
  lastOrderId!: string | null;

  @Property({ type: 'text', nullable: true })
  declineCode!: string | null;

  @Enum({ ...oneOf(GIVE_UP_CAUSES), nullable: true })
  gaveUpBecause!: GiveUpCause | null;

  /** What it is given up for when the attempt under way comes to nothing. */
  @Enum({ ...oneOf(GIVE_UP_CAUSES), nullable: true })
  giveUpAs!: GiveUpCause | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
