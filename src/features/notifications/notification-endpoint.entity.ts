import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { ENDPOINT_STATUSES, type EndpointStatus } from './domain/words.js';

/**
 * Where a merchant's notifications go, and the queue of those that wait: one
 * process at a time holds it, by a lease with a token. Whoever adds to the
 * queue and whoever settles locks this row first, so that nothing is left
 * behind between the two.
 */
@Entity({
  tableName: 'notification_endpoints',
  rowLevelSecurity: 'force',
  policies: [systemReads('notification_endpoints')],
})
@Unique({ name: 'notification_endpoints_origin_unique', properties: ['operatorId', 'merchantId', 'mode', 'origin'] })
// What notifications refer to, so that one is of its endpoint's merchant and mode.
@Unique({ name: 'notification_endpoints_of_merchant_unique', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Index({
  name: 'notification_endpoints_due',
  expression: `create index "notification_endpoints_due" on "notification_endpoints" ("due_at") where due_at is not null`,
})
@Check({
  name: 'notification_endpoints_health_check',
  expression:
    'failures >= 0 and (failing_since is not null or failures = 0) ' +
    "and (status = 'HEALTHY' or failing_since is not null) and (status <> 'HEALTHY' or paused_until is null)",
})
@Check({
  name: 'notification_endpoints_lease_check',
  expression: '(lease_token is null) = (lease_until is null)',
})
export class NotificationEndpoint extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  /** Scheme, host and port of the URLs: what they have in common is what fails together. */
  @Property({ type: 'text' })
  origin!: string;

  /** Something that happened was told there, or waits to be; false where only tests went. */
  @Property({ type: 'boolean', default: false })
  isNotified!: boolean;

  @Enum(oneOf(ENDPOINT_STATUSES))
  status!: EndpointStatus;

  /** Since something last arrived: different notifications, and once it is failing every probe. */
  @Property({ type: 'int', default: 0 })
  failures!: number;

  @Property({ type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  /** Before this nothing is sent. By real time, as all below. */
  @Property({ type: 'timestamptz', nullable: true })
  pausedUntil!: Date | null;

  /** When somebody has to look: something is due, or, while it is leased, the lease lapses. Null: nothing waits. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Property({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** While more arrive it may be a second behind. */
  @Property({ type: 'timestamptz', nullable: true })
  lastDeliveredAt!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
