import { Check, Entity, Index, Property } from '@mikro-orm/decorators/legacy';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** What of an item is taken back. Never more than there was: a trigger adds up all notes of an item. */
@Entity({ tableName: 'credit_note_lines', rowLevelSecurity: 'force' })
@Index({ name: 'credit_note_lines_of_note', properties: ['operatorId', 'creditNoteId', 'id'] })
@Index({ name: 'credit_note_lines_of_item', properties: ['operatorId', 'itemId'] })
@Check({
  name: 'credit_note_lines_amounts_check',
  expression: 'net_minor >= 0 and tax_minor >= 0 and net_minor + tax_minor > 0',
})
export class CreditNoteLine extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  creditNoteId!: string;

  @Property({ type: 'uuid' })
  itemId!: string;

  @Property({ type: 'bigint' })
  netMinor!: bigint;

  @Property({ type: 'bigint' })
  taxMinor!: bigint;
}
