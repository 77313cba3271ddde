import { Check, Entity, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import type { BulkKind } from './domain/words.js';

/**
 * Which row has a reference: of all files of a merchant, mode and kind only
 * one. Taken before the row is carried out, and given back in the transaction
 * that records its failure; kept for good once it is done.
 */
@Entity({ tableName: 'bulk_references', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
// Rows that were begun and are not done yet: of a file some forty, whatever it has.
@Index({
  name: 'bulk_references_begun',
  expression: `create index "bulk_references_begun" on "bulk_references" ("operator_id", "operation_id", "line") where not is_done`,
})
@Check({ name: 'bulk_references_mode_check', expression: "mode in ('TEST', 'LIVE')" })
@Check({
  name: 'bulk_references_kind_check',
  expression: "kind in ('CREATE_AGREEMENTS', 'CHARGE_AGREEMENTS', 'UPDATE_AGREEMENTS')",
})
export class BulkReference {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  merchantId!: string;

  @PrimaryKey({ type: 'text' })
  mode!: 'TEST' | 'LIVE';

  @PrimaryKey({ type: 'text' })
  kind!: BulkKind;

  @PrimaryKey({ type: 'text' })
  reference!: string;

  @Property({ type: 'uuid' })
  operationId!: string;

  @Property({ type: 'int' })
  line!: number;

  /** SHA-256 of the row's named cells: the same reference with other cells is refused. */
  @Property({ type: 'text' })
  digest!: string;

  /**
   * Since when, in real time, it may have been carried out: whoever finds it
   * begun much later cannot tell any more. It stays whoever lets go of the file,
   * and for whichever file takes the reference over.
   */
  @Property({ type: 'timestamptz' })
  begunAt!: Date;

  /** Its result is there; before that the row may still be under way. */
  @Property({ type: 'boolean' })
  isDone!: boolean;
}
