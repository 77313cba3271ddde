import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

export const CREDENTIAL_TYPES = ['CARD', 'SCHEME_TOKEN', 'BANK_ACCOUNT'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

export const CREDENTIAL_STATUSES = ['ACTIVE', 'REMOVED'] as const;
export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

/** A payment system's token for a payer's means of payment, with what may be shown of it. Never a card number. */
@Entity({ tableName: 'stored_credentials', rowLevelSecurity: 'force' })
@Unique({ name: 'stored_credentials_external_unique', properties: ['operatorId', 'accountId', 'externalId'] })
@Index({ name: 'stored_credentials_payer', properties: ['operatorId', 'payerId'] })
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

  /** Bank accounts: the payer's permission to debit it, `mandate_…` at Stripe. */
  @Property({ type: 'text', nullable: true })
  mandateExternalId!: string | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
