import { Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

export type PaymentSystemKind = 'STRIPE';
export type PaymentSystemMode = 'TEST' | 'LIVE';

export const ACCOUNT_STATUSES = ['ACTIVE', 'KEYS_REJECTED', 'DISCONNECTED'] as const;
export type PaymentSystemAccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** An operator's credentials at a payment system. Secrets are encrypted with the operator's data key. */
@Entity({
  tableName: 'payment_system_accounts',
  rowLevelSecurity: 'force',
  policies: [systemReads('payment_system_accounts')],
})
// The same external account twice would be told everything twice, and each would take the other's payments for foreign.
@Index({
  name: 'payment_system_accounts_connected_once',
  expression:
    `create unique index "payment_system_accounts_connected_once" on "payment_system_accounts" ` +
    `("operator_id", "mode", "external_account_id") where status <> 'DISCONNECTED'`,
})
// What orders refer to, so that a test order never reaches a live account.
@Unique({ name: 'payment_system_accounts_mode_unique', properties: ['operatorId', 'mode', 'id'] })
export class PaymentSystemAccount extends TenantScopedEntity {
  @Enum(oneOf(['STRIPE']))
  kind: PaymentSystemKind = 'STRIPE';

  @Enum(oneOf(['TEST', 'LIVE']))
  mode: PaymentSystemMode;

  @Property({ type: 'text' })
  publishableKey: string;

  @Property({ type: 'text', hidden: true })
  secretKeyEncrypted = '';

  /** "sk_test_…4eC3": the start and the last four characters. */
  @Property({ type: 'text' })
  secretKeyHint: string;

  @Enum(oneOf(ACCOUNT_STATUSES))
  status: PaymentSystemAccountStatus = 'ACTIVE';

  /** The account's own id at the payment system (`acct_…`). */
  @Property({ type: 'text' })
  externalAccountId: string;

  /** ISO 3166 country of the account; it decides which amounts and methods are offered. */
  @Property({ type: 'text', nullable: true })
  country: string | null = null;

  /** True where the payment system cannot reach us (localhost): its events are then fetched instead. */
  @Property({ type: 'boolean' })
  polled = false;

  /** The newest event that polling has taken in. */
  @Property({ type: 'text', nullable: true })
  polledEventId: string | null = null;

  @Property({ type: 'timestamptz' })
  verifiedAt: Date;

  @Property({ type: 'timestamptz' })
  createdAt: Date;

  constructor(
    operatorId: string,
    facts: Pick<PaymentSystemAccount, 'mode' | 'publishableKey' | 'secretKeyHint' | 'externalAccountId' | 'country'>,
    now: Date,
  ) {
    super(operatorId);
    this.mode = facts.mode;
    this.publishableKey = facts.publishableKey;
    this.secretKeyHint = facts.secretKeyHint;
    this.externalAccountId = facts.externalAccountId;
    this.country = facts.country;
    this.verifiedAt = now;
    this.createdAt = now;
  }
}
