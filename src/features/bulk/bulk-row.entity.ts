import { Check, Entity, Enum, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import { ROW_OUTCOMES, type RowOutcome } from './domain/words.js';

/** A row of a file as it was sent, and what came of it. Written by `copy`, then updated once. */
@Entity({ tableName: 'bulk_rows', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Index({
  name: 'bulk_rows_pending',
  expression: `create index "bulk_rows_pending" on "bulk_rows" ("operator_id", "operation_id", "line") where outcome = 'PENDING'`,
})
// Few of most files, and what is asked for by itself.
@Index({
  name: 'bulk_rows_not_succeeded',
  expression: `create index "bulk_rows_not_succeeded" on "bulk_rows" ("operator_id", "operation_id", "outcome", "line") where outcome in ('REPEATED', 'FAILED', 'CANCELED')`,
})
@Check({ name: 'bulk_rows_line_check', expression: 'line >= 2' })
@Check({
  name: 'bulk_rows_outcome_of_failure_check',
  expression: "(outcome = 'FAILED') = (problem is not null)",
})
// A row whose cells were never kept, because one of them looks like a card number, cannot be carried out.
@Check({ name: 'bulk_rows_cells_check', expression: "cells is not null or outcome <> 'PENDING'" })
export class BulkRow {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  operationId!: string;

  /** Where the row begins in the file; the header is line 1. */
  @PrimaryKey({ type: 'int' })
  line!: number;

  /** In the header's order; null where they must not be kept, or were forgotten. */
  @Property({ type: 'array', columnType: 'text[]', nullable: true })
  cells!: string[] | null;

  /** The merchant's own name of this row, by which it is done once. */
  @Property({ type: 'text', nullable: true })
  reference!: string | null;

  @Enum(oneOf(ROW_OUTCOMES))
  outcome!: RowOutcome;

  /** `{ code, message, retryable, issues: [{ path, message }] }` of a row that failed. */
  @Property({ type: 'jsonb', nullable: true })
  problem!: {
    code: string;
    message: string;
    retryable: boolean;
    issues: { path: string[]; message: string }[];
  } | null;

  @Property({ type: 'uuid', nullable: true })
  agreementId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  orderId!: string | null;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
