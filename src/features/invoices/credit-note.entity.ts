import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import {
  CREDIT_NOTE_STATUSES,
  CREDIT_SETTLEMENTS,
  type CreditNoteStatus,
  type CreditSettlement,
} from './domain/words.js';

/** Takes back a part of a closed invoice, which itself is never changed. Its lines are in `credit_note_lines`. */
@Entity({ tableName: 'credit_notes', rowLevelSecurity: 'force' })
@Unique({ name: 'credit_notes_number_unique', properties: ['operatorId', 'merchantId', 'mode', 'number'] })
@Index({ name: 'credit_notes_of_invoice', properties: ['operatorId', 'invoiceId', 'id'] })
// A refund's outcome finds its note.
@Index({
  name: 'credit_notes_operation_unique',
  expression:
    `create unique index "credit_notes_operation_unique" on "credit_notes" ("operator_id", "operation_id") ` +
    `where operation_id is not null`,
})
@Check({ name: 'credit_notes_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
@Check({ name: 'credit_notes_number_check', expression: 'number >= 1' })
@Check({
  name: 'credit_notes_amounts_check',
  expression: 'net_minor >= 0 and tax_minor >= 0 and total_minor > 0 and total_minor = net_minor + tax_minor',
})
@Check({
  name: 'credit_notes_settled_check',
  expression:
    "(status = 'PENDING') = (finished_at is null) and (settlement = 'REFUND' or status = 'SETTLED') " +
    "and (operation_id is null or settlement = 'REFUND')",
})
@Check({ name: 'credit_notes_reason_check', expression: 'char_length(reason) >= 1 and char_length(reason) <= 500' })
export class CreditNote extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  invoiceId!: string;

  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Property({ type: 'integer' })
  number!: number;

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  netMinor!: bigint;

  @Property({ type: 'bigint' })
  taxMinor!: bigint;

  @Property({ type: 'bigint' })
  totalMinor!: bigint;

  @Property({ type: 'text' })
  reason!: string;

  @Enum(oneOf(CREDIT_SETTLEMENTS))
  settlement!: CreditSettlement;

  @Enum(oneOf(CREDIT_NOTE_STATUSES))
  status!: CreditNoteStatus;

  /** The cancellation of the paying order that gives the money back. */
  @Property({ type: 'uuid', nullable: true })
  operationId!: string | null;

  @Property({ type: 'string', columnType: 'date' })
  issuedOn!: string;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', nullable: true })
  finishedAt!: Date | null;
}
