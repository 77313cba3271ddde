import { Check, Entity, Enum, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import { ATTEMPT_OUTCOMES, type AttemptOutcome } from './domain/words.js';

/** A try of a notification, but for its last, which is kept with it. What the receiver answered is not kept, but for its status. */
@Entity({ tableName: 'notification_attempts', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Check({ name: 'notification_attempts_number_check', expression: 'number >= 1 and duration_ms >= 0' })
export class NotificationAttempt {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  notificationId!: string;

  /** From 1, over all times that it was put in the queue. */
  @PrimaryKey({ type: 'int' })
  number!: number;

  @Property({ type: 'timestamptz' })
  startedAt!: Date;

  @Property({ type: 'int' })
  durationMs!: number;

  @Enum(oneOf(ATTEMPT_OUTCOMES))
  outcome!: AttemptOutcome;

  @Property({ type: 'int', nullable: true })
  httpStatus!: number | null;
}
