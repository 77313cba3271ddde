import { Check, Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/**
 * A line of an invoice. Added and taken away while it is a draft, which a
 * trigger holds; how its amounts are rounded is in `domain/item-amounts.ts`.
 */
@Entity({ tableName: 'invoice_items', rowLevelSecurity: 'force' })
@Index({ name: 'invoice_items_of_invoice', properties: ['operatorId', 'invoiceId', 'id'] })
// The merchant's own reference, so that a meter that reports twice is billed once.
@Index({
  name: 'invoice_items_reference_unique',
  expression:
    `create unique index "invoice_items_reference_unique" on "invoice_items" ("operator_id", "merchant_id", "mode", "reference") ` +
    `where reference is not null`,
})
@Check({ name: 'invoice_items_quantity_check', expression: 'quantity > 0 and unit_price >= 0' })
@Check({ name: 'invoice_items_amounts_check', expression: 'net_minor >= 0 and tax_minor >= 0' })
@Check({
  name: 'invoice_items_tax_check',
  expression: 'tax_rate is null and tax_minor = 0 or tax_rate is not null and tax_rate >= 0 and tax_rate <= 100',
})
@Check({
  name: 'invoice_items_description_check',
  expression: 'char_length(description) >= 1 and char_length(description) <= 500',
})
export class InvoiceItem extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  invoiceId!: string;

  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'text' })
  description!: string;

  /** In the invoice's time zone; its month is the invoice's. */
  @Property({ type: 'string', columnType: 'date' })
  date!: string;

  @Property({ type: 'text', columnType: 'numeric(19,6)' })
  quantity!: string;

  /** In major units, with more digits than the currency has where a single unit costs less than its smallest coin. */
  @Property({ type: 'text', columnType: 'numeric(24,8)' })
  unitPrice!: string;

  /** Percent; null: no tax is said, which is not the same as 0 %. */
  @Property({ type: 'text', columnType: 'numeric(7,4)', nullable: true })
  taxRate!: string | null;

  @Property({ type: 'bigint' })
  netMinor!: bigint;

  @Property({ type: 'bigint' })
  taxMinor!: bigint;

  @Property({ type: 'text', nullable: true })
  reference!: string | null;

  @Property({ type: 'jsonb' })
  metadata!: Record<string, unknown>;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
