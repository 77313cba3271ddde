import { Check, Entity, Filter, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import type { Series } from './domain/words.js';

/** The last number that was taken. Its row's lock is what makes numbers come one after the other, and a rollback gives them back. */
@Entity({ tableName: 'invoice_series', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Check({ name: 'invoice_series_last_check', expression: 'last_number >= 0' })
@Check({ name: 'invoice_series_mode_check', expression: "mode in ('TEST', 'LIVE')" })
@Check({ name: 'invoice_series_kind_check', expression: "kind in ('INVOICE', 'CREDIT_NOTE')" })
export class InvoiceSeries {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  merchantId!: string;

  @PrimaryKey({ type: 'text' })
  mode!: 'TEST' | 'LIVE';

  @PrimaryKey({ type: 'text' })
  kind!: Series;

  @Property({ type: 'integer' })
  lastNumber!: number;
}
