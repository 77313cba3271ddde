import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { BULK_KINDS, BULK_STATUSES, type BulkKind, type BulkStatus } from './domain/words.js';

/** A file of many rows and how far it has come. One process at a time works on it, by a lease. */
@Entity({ tableName: 'bulk_operations', rowLevelSecurity: 'force', policies: [systemReads('bulk_operations')] })
// What rows and references refer to, so that they are of its merchant, mode and kind.
@Unique({ name: 'bulk_operations_of_merchant_unique', properties: ['operatorId', 'merchantId', 'mode', 'kind', 'id'] })
@Index({ name: 'bulk_operations_by_mode', properties: ['operatorId', 'mode', 'id'] })
@Index({ name: 'bulk_operations_by_merchant', properties: ['operatorId', 'merchantId', 'mode', 'id'] })
@Index({
  name: 'bulk_operations_due',
  expression: `create index "bulk_operations_due" on "bulk_operations" ("due_at") where due_at is not null`,
})
@Index({
  name: 'bulk_operations_uploads',
  expression: `create index "bulk_operations_uploads" on "bulk_operations" ("upload_until") where upload_until is not null`,
})
@Index({
  name: 'bulk_operations_unforgotten',
  expression: `create index "bulk_operations_unforgotten" on "bulk_operations" ("operator_id", "finished_at") where finished_at is not null and forgotten_at is null`,
})
@Check({ name: 'bulk_operations_lease_check', expression: '(lease_token is null) = (lease_until is null)' })
@Check({
  name: 'bulk_operations_counts_check',
  expression:
    'row_count >= 0 and succeeded >= 0 and repeated >= 0 and failed >= 0 and canceled >= 0 ' +
    'and succeeded + repeated + failed + canceled <= row_count',
})
@Check({
  name: 'bulk_operations_file_check',
  expression:
    "status in ('AWAITING_FILE', 'RECEIVING', 'REFUSED', 'CANCELED') or header is not null and sha256 is not null",
})
// Finished means that every row has its outcome.
@Check({
  name: 'bulk_operations_finished_check',
  expression:
    "(status in ('COMPLETED', 'CANCELED', 'REFUSED')) = (finished_at is not null) " +
    'and (finished_at is null or succeeded + repeated + failed + canceled = row_count) ' +
    "and (status <> 'COMPLETED' or canceled = 0)",
})
// Who receives holds the lease, and is looked for when nothing is heard of it.
@Check({
  name: 'bulk_operations_upload_check',
  expression:
    "(status <> 'AWAITING_FILE' or upload_url_until is not null and upload_until is not null) " +
    "and (status <> 'RECEIVING' or lease_token is not null and upload_until is not null)",
})
export class BulkOperation extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Enum(oneOf(BULK_KINDS))
  kind!: BulkKind;

  @Enum(oneOf(BULK_STATUSES))
  status!: BulkStatus;

  /** Everything is checked, nothing is changed. */
  @Property({ type: 'boolean' })
  isDryRun!: boolean;

  /** The API key that started it, or resumed it last, in whose name its rows are carried out. */
  @Property({ type: 'uuid' })
  apiKeyId!: string;

  @Property({ type: 'text', nullable: true })
  fileName!: string | null;

  /** The column names as they stand in the file, but for those of earlier results, which are not read. */
  @Property({ type: 'array', columnType: 'text[]', nullable: true })
  header!: string[] | null;

  @Property({ type: 'text', nullable: true })
  separator!: string | null;

  /** Of the whole file, in hexadecimal: the same file again is known by it. */
  @Property({ type: 'text', nullable: true })
  sha256!: string | null;

  @Property({ type: 'integer', default: 0 })
  rowCount!: number;

  @Property({ type: 'integer', default: 0 })
  succeeded!: number;

  @Property({ type: 'integer', default: 0 })
  repeated!: number;

  @Property({ type: 'integer', default: 0 })
  failed!: number;

  @Property({ type: 'integer', default: 0 })
  canceled!: number;

  /** What is wrong with the file as a whole: `[{ line, column, message }]`. Null unless it was refused. */
  @Property({ type: 'jsonb', nullable: true })
  fileFaults!: { line: number; column: string | null; message: string }[] | null;

  /** Rows done per second lately, for the time that is left. */
  @Property({ type: 'double', nullable: true })
  rowsPerSecond!: number | null;

  /** When progress was last told, in real time, and how many rows were done by then. */
  @Property({ type: 'timestamptz', nullable: true })
  progressedAt!: Date | null;

  @Property({ type: 'integer', default: 0 })
  progressedRows!: number;

  /** Until when a file may be put, in real time; null where the file came with the request. */
  @Property({ type: 'timestamptz', nullable: true })
  uploadUrlUntil!: Date | null;

  /** When to look, in real time, whether an upload was given up and what it has left. */
  @Property({ type: 'timestamptz', nullable: true })
  uploadUntil!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  dueAt!: Date | null;

  @Property({ type: 'uuid', nullable: true })
  leaseToken!: string | null;

  @Property({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  receivedAt!: Date | null;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;

  /** When the cells of its rows were forgotten; counts and references stay. */
  @Property({ type: 'timestamptz', nullable: true })
  forgottenAt!: Date | null;
}
