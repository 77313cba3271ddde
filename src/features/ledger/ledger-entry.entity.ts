import { Check, Entity, Enum, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TENANT_SETTING } from '../../platform/database/tenant-scoped-entity.js';
import { ACCOUNTS, type Account } from './domain/accounts.js';

/**
 * One line of a posting, added with it and by nobody later: its reference names
 * the posting's transaction, too. What lies below the oldest transaction still
 * running is decided, so a balance may be kept up to there and only what follows
 * is added up.
 */
@Entity({ tableName: 'ledger_entries', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
@Index({
  name: 'ledger_entries_by_merchant',
  expression:
    `create index "ledger_entries_by_merchant" on "ledger_entries" ` +
    `("operator_id", "merchant_id", "mode", "transaction_id", "posting_id", "line") where merchant_id is not null`,
})
@Index({
  name: 'ledger_entries_by_day',
  expression:
    `create index "ledger_entries_by_day" on "ledger_entries" ` +
    `("operator_id", "merchant_id", "mode", "currency", "posted_at") where merchant_id is not null`,
})
@Check({
  name: 'ledger_entries_owner_check',
  expression:
    "(merchant_id is not null) = (account in ('AVAILABLE', 'PENDING', 'FEES')) and " +
    "(payment_system_account_id is not null) = (account in ('CLEARING', 'EXCHANGE', 'PAYOUTS', 'OTHER'))",
})
@Check({ name: 'ledger_entries_amount_check', expression: 'amount_minor <> 0' })
@Check({ name: 'ledger_entries_currency_check', expression: "currency ~ '^[A-Z]{3}$'" })
export class LedgerEntry {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @PrimaryKey({ type: 'uuid' })
  postingId!: string;

  @PrimaryKey({ type: 'smallint' })
  line!: number;

  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Enum(oneOf(ACCOUNTS))
  account!: Account;

  /** Whose balance it is; null for the operator's own accounts. */
  @Property({ type: 'uuid', nullable: true })
  merchantId!: string | null;

  /** At which payment system account; null for merchants' balances and for settlements. */
  @Property({ type: 'uuid', nullable: true })
  paymentSystemAccountId!: string | null;

  @Property({ type: 'text' })
  currency!: string;

  /** Credit is positive: what a merchant is owed grows by it. */
  @Property({ type: 'bigint' })
  amountMinor!: bigint;

  @Property({ type: 'timestamptz' })
  postedAt!: Date;

  @Property({ columnType: 'bigint', defaultRaw: '((pg_current_xact_id())::text)::bigint' })
  transactionId!: string;
}
