import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  BODY_FORMATS,
  type BodyFormat,
  NOTIFICATION_STATUSES,
  type NotificationStatus,
} from './domain/words.js';

const HEAD = "where status = 'PENDING' and due_at is not null";

/**
 * What a merchant is told, once for each event and frozen with it. Of a group
 * (an order, an agreement) only the first that has not arrived has a `due_at`:
 * the others wait behind it. Read and written by prepared statements.
 */
@Entity({ tableName: 'notifications', rowLevelSecurity: 'force', policies: [systemReads('notifications')] })
@Unique({ name: 'notifications_event_unique', properties: ['operatorId', 'eventSequence'] })
// In order: no two of a group are ever under way to one endpoint.
@Index({
  name: 'notifications_one_head',
  expression: `create unique index "notifications_one_head" on "notifications" ("operator_id", "endpoint_id", "group_id") ${HEAD}`,
})
@Index({
  name: 'notifications_due',
  expression: `create index "notifications_due" on "notifications" ("operator_id", "endpoint_id", "due_at") ${HEAD}`,
})
// What nobody has tried since it was ready, at an endpoint that takes nothing: given up after its window, by the thousand.
@Index({
  name: 'notifications_ready',
  expression: `create index "notifications_ready" on "notifications" ("operator_id", "endpoint_id", "ready_at") ${HEAD}`,
})
@Index({
  name: 'notifications_of_group',
  expression:
    `create index "notifications_of_group" on "notifications" ("operator_id", "endpoint_id", "group_id", "event_sequence") ` +
    `where status = 'PENDING'`,
})
@Index({
  name: 'notifications_of_order',
  expression:
    `create index "notifications_of_order" on "notifications" ("operator_id", "order_id", "id") ` +
    `where order_id is not null`,
})
@Index({ name: 'notifications_of_merchant', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Index({ name: 'notifications_by_time', properties: ['operatorId', 'merchantId', 'mode', 'createdAt'] })
@Check({
  name: 'notifications_ending_check',
  expression:
    "(status = 'DELIVERED') = (delivered_at is not null) and (status = 'EXHAUSTED') = (given_up_at is not null) " +
    "and (status = 'PENDING' or due_at is null)",
})
@Check({
  name: 'notifications_readiness_check',
  expression: '(due_at is null) = (ready_at is null) and (tries = 0) = (first_tried_at is null)',
})
@Check({
  name: 'notifications_last_try_check',
  expression:
    'num_nulls(last_started_at, last_duration_ms, last_outcome) = (case when attempts = 0 then 3 else 0 end) ' +
    'and (last_duration_ms is null or last_duration_ms >= 0) and (last_http_status is null or attempts > 0)',
})
@Check({ name: 'notifications_tries_check', expression: 'tries >= 0 and tries <= attempts' })
export class Notification extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  endpointId!: string;

  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  /** Those of a group arrive one after the other: the order's id, else the agreement's, else the subject's. */
  @Property({ type: 'uuid' })
  groupId!: string;

  /** The event's place in the log and this one's in its group; null for a test, which no event is behind. */
  @Property({ type: 'bigint', nullable: true })
  eventSequence!: bigint | null;

  /** The event's. */
  @Property({ type: 'text' })
  type!: string;

  @Property({ type: 'text' })
  url!: string;

  @Enum(oneOf(BODY_FORMATS))
  format!: BodyFormat;

  /** The very bytes that are signed and sent, frozen when it was made. */
  @Property({ type: 'text' })
  body!: string;

  @Enum(oneOf(NOTIFICATION_STATUSES))
  status!: NotificationStatus;

  /** Ever; what numbers them. */
  @Property({ type: 'int', default: 0 })
  attempts!: number;

  /** Since it was last put in the queue; what the pauses grow by. */
  @Property({ type: 'int', default: 0 })
  tries!: number;

  /** The first of those tries: 72 hours after it the last may be made. */
  @Property({ type: 'timestamptz', nullable: true })
  firstTriedAt!: Date | null;

  /** Of the last try; those before it are rows of their own. */
  @Property({ type: 'timestamptz', nullable: true })
  lastStartedAt!: Date | null;

  @Property({ type: 'int', nullable: true })
  lastDurationMs!: number | null;

  @Enum({ ...oneOf(ATTEMPT_OUTCOMES), nullable: true })
  lastOutcome!: AttemptOutcome | null;

  @Property({ type: 'int', nullable: true })
  lastHttpStatus!: number | null;

  /** Since when nothing of its group is before it. */
  @Property({ type: 'timestamptz', nullable: true })
  readyAt!: Date | null;

  /** When it is tried next. Null: it waits behind another of its group, or it is over. By real time, as all below. */
  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  /** The event's, by the operator's clock. */
  @Property({ type: 'timestamptz' })
  occurredAt!: Date;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  deliveredAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  givenUpAt!: Date | null;
}
