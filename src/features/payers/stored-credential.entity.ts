import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

export const CREDENTIAL_TYPES = ['CARD', 'SCHEME_TOKEN', 'BANK_ACCOUNT'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

export const CREDENTIAL_STATUSES = ['ACTIVE', 'REMOVED'] as const;
export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

export const REMOVAL_REASONS = ['REQUESTED', 'DETACHED_ELSEWHERE', 'MANDATE_INACTIVE'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export const MANDATE_STATUSES = ['ACTIVE', 'PENDING', 'INACTIVE'] as const;
export type MandateStatus = (typeof MANDATE_STATUSES)[number];

/** A payment system's token for a payer's means of payment, with what may be shown of it. Never a card number. */
@Entity({ tableName: 'stored_credentials', rowLevelSecurity: 'force', policies: [systemReads('stored_credentials')] })
@Unique({ name: 'stored_credentials_external_unique', properties: ['operatorId', 'accountId', 'externalId'] })
// What agreements and orders refer to, so that nothing is charged to another payer's means of payment.
@Unique({ name: 'stored_credentials_of_payer_unique', properties: ['operatorId', 'payerId', 'id'] })
@Index({ name: 'stored_credentials_payer', properties: ['operatorId', 'payerId'] })
@Index({
  name: 'stored_credentials_mandate',
  expression:
    `create index "stored_credentials_mandate" on "stored_credentials" ("operator_id", "account_id", "mandate_external_id") ` +
    `where mandate_external_id is not null`,
})
@Index({
  name: 'stored_credentials_due',
  expression: `create index "stored_credentials_due" on "stored_credentials" ("due_at") where due_at is not null`,
})
@Check({
  name: 'stored_credentials_removal_check',
  expression:
    "(status = 'REMOVED') = (removed_because is not null) and (status = 'REMOVED') = (removed_at is not null)",
})
@Check({ name: 'stored_credentials_last_four_check', expression: 'char_length(last_four) <= 4' })
@Check({ name: 'stored_credentials_expiry_month_check', expression: 'expiry_month >= 1 and expiry_month <= 12' })
export class StoredCredential extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  payerId!: string;

  @Property({ type: 'uuid' })
  accountId!: string;

  @Enum(oneOf(CREDENTIAL_TYPES))
  type!: CredentialType;

  /** `pm_…` at Stripe. */
  @Property({ type: 'text' })
  externalId!: string;

  /** The customer the token belongs to; a token works only with it. */
  @Property({ type: 'text' })
  externalCustomerId!: string;

  @Property({ type: 'text', nullable: true })
  brand!: string | null;

  @Property({ type: 'text', nullable: true })
  lastFour!: string | null;

  @Property({ type: 'integer', nullable: true })
  expiryMonth!: number | null;

  @Property({ type: 'integer', nullable: true })
  expiryYear!: number | null;

  @Enum(oneOf(CREDENTIAL_STATUSES))
  status!: CredentialStatus;

  @Enum({ ...oneOf(REMOVAL_REASONS), nullable: true })
  removedBecause!: RemovalReason | null;

  @Property({ type: 'timestamptz', nullable: true })
  removedAt!: Date | null;

  /** Bank accounts: the payer's permission to debit it, `mandate_…` at Stripe. */
  @Property({ type: 'text', nullable: true })
  mandateExternalId!: string | null;

  /** What the payment system last showed of the mandate; null until it has. */
  @Enum({ ...oneOf(MANDATE_STATUSES), nullable: true })
  mandateStatus!: MandateStatus | null;

  @Property({ type: 'text', nullable: true })
  mandateReference!: string | null;

  @Property({ type: 'text', nullable: true })
  mandateUrl!: string | null;

  /** When the payment system is next called for it, in real time: to detach what was removed here, or to see a mandate. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  /** How often it was called in vain. */
  @Property({ type: 'integer', default: 0 })
  tries!: number;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
