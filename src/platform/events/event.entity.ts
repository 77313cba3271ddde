import { Entity, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { systemReads } from '../database/roles.js';
import { TENANT_SETTING } from '../database/tenant-scoped-entity.js';

/**
 * The event log: outbox, live feed and audit in one, append-only (the
 * application may insert and read, nothing else). Transactions commit in
 * another order than they take sequence numbers, so readers order by
 * (transaction, sequence) and read only below the oldest transaction that is
 * still running: nothing is ever skipped.
 */
@Entity({ tableName: 'events', rowLevelSecurity: 'force', policies: [systemReads('events')] })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Index({
  name: 'events_log_order',
  expression: 'create index "events_log_order" on "events" ("transaction_id", "sequence")',
})
@Index({
  name: 'events_operator_log_order',
  expression: 'create index "events_operator_log_order" on "events" ("operator_id", "transaction_id", "sequence")',
})
@Index({
  name: 'events_subject',
  expression: 'create index "events_subject" on "events" ("operator_id", "subject_id", "sequence")',
})
export class Event {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'bigint', autoincrement: true })
  sequence!: bigint;

  @Property({ columnType: 'xid8', defaultRaw: 'pg_current_xact_id()' })
  transactionId!: string;

  @Property({ type: 'text' })
  type!: string;

  @Property({ type: 'uuid' })
  subjectId!: string;

  @Property({ type: 'uuid', nullable: true })
  merchantId: string | null = null;

  @Property({ type: 'jsonb' })
  payload!: Record<string, unknown>;

  @Property({ type: 'timestamptz' })
  occurredAt!: Date;
}
