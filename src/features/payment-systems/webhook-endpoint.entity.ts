import { Entity, Property } from '@mikro-orm/decorators/legacy';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/**
 * An address of ours that we registered at the payment system, with the secret
 * its events are signed with. During a rotation an account has two: both
 * secrets are accepted until `retireAt`, then the older endpoint is removed.
 */
@Entity({ tableName: 'webhook_endpoints', rowLevelSecurity: 'force' })
export class WebhookEndpoint extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  accountId: string;

  /** `we_…` at Stripe. */
  @Property({ type: 'text' })
  externalId: string;

  @Property({ type: 'text', hidden: true })
  secretEncrypted = '';

  @Property({ type: 'timestamptz', nullable: true })
  retireAt: Date | null = null;

  @Property({ type: 'timestamptz' })
  createdAt: Date;

  constructor(operatorId: string, accountId: string, externalId: string, now: Date) {
    super(operatorId);
    this.accountId = accountId;
    this.externalId = externalId;
    this.createdAt = now;
  }
}
