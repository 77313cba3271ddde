import { Check, Entity, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { TENANT_SETTING, TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';

/** What a payer has in hand with a merchant: made by credit notes, used by the next invoices. The sum of its entries. */
@Entity({ tableName: 'payer_credits', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Check({ name: 'payer_credits_balance_check', expression: 'balance_minor >= 0' })
@Check({ name: 'payer_credits_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
export class PayerCredit {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  payerId!: string;

  @PrimaryKey({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  balanceMinor!: bigint;
}

/** One change of a payer's credit and its cause. Only ever added. */
@Entity({ tableName: 'payer_credit_entries', rowLevelSecurity: 'force' })
@Index({ name: 'payer_credit_entries_of_payer', properties: ['operatorId', 'payerId', 'currency', 'id'] })
// A credit note gives once, and an invoice takes once; one that is voided gives back once.
@Index({
  name: 'payer_credit_entries_note_unique',
  expression:
    `create unique index "payer_credit_entries_note_unique" on "payer_credit_entries" ("operator_id", "credit_note_id") ` +
    `where credit_note_id is not null`,
})
@Index({
  name: 'payer_credit_entries_invoice_unique',
  expression:
    `create unique index "payer_credit_entries_invoice_unique" on "payer_credit_entries" ("operator_id", "invoice_id", (amount_minor > 0)) ` +
    `where invoice_id is not null`,
})
@Check({
  name: 'payer_credit_entries_cause_check',
  expression:
    'amount_minor <> 0 and num_nonnulls(credit_note_id, invoice_id) = 1 and (credit_note_id is null or amount_minor > 0)',
})
export class PayerCreditEntry extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  payerId!: string;

  @Property({ type: 'text' })
  currency!: string;

  /** More in hand, or less. */
  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  @Property({ type: 'uuid', nullable: true })
  creditNoteId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  invoiceId!: string | null;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;
}
