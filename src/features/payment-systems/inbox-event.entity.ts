import { Check, Entity, Enum, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';

/**
 * RECEIVED waits to be processed, PARKED waits for the object it speaks of to
 * become known here; PROCESSED, FOREIGN (the operator's other traffic at the
 * payment system) and FAILED (given up, for a person) are final.
 */
export const INBOX_STATUSES = ['RECEIVED', 'PARKED', 'PROCESSED', 'FOREIGN', 'FAILED'] as const;
export type InboxStatus = (typeof INBOX_STATUSES)[number];

/** An event of a payment system, kept before it is answered and processed after. */
@Entity({ tableName: 'inbox_events', rowLevelSecurity: 'force', policies: [systemReads('inbox_events')] })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Index({
  name: 'inbox_events_due',
  expression: `create index "inbox_events_due" on "inbox_events" ("due_at") where status in ('RECEIVED', 'PARKED')`,
})
@Check({ name: 'inbox_events_attempts_check', expression: 'attempts >= 0' })
export class InboxEvent {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  accountId!: string;

  /** The payment system's own id of the event: a repeated delivery is the same row. */
  @PrimaryKey({ type: 'text' })
  eventId!: string;

  @Property({ type: 'text' })
  type!: string;

  /** As much of the event as says what to ask the payment system about: nothing of the payer. */
  @Property({ type: 'jsonb' })
  payload!: Record<string, unknown>;

  @Enum(oneOf(INBOX_STATUSES))
  status!: InboxStatus;

  @Property({ type: 'integer' })
  attempts!: number;

  /** When it is to be tried; moved ahead by whoever takes it, so that two workers do not. */
  @Property({ type: 'timestamptz' })
  dueAt!: Date;

  @Property({ type: 'text', nullable: true })
  error!: string | null;

  @Property({ type: 'timestamptz' })
  receivedAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  processedAt!: Date | null;
}
