import { Entity, Enum, Filter, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TENANT_SETTING, TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { ACCOUNTS, type Account } from './domain/accounts.js';

/** What the entries of an account came to at the operator's position. Nobody waits for it: captures never touch it. */
@Entity({ tableName: 'ledger_balances', rowLevelSecurity: 'force' })
@Index({
  name: 'ledger_balances_unique',
  expression:
    `create unique index "ledger_balances_unique" on "ledger_balances" ` +
    `("operator_id", "merchant_id", "mode", "payment_system_account_id", "account", "currency") nulls not distinct`,
})
export class LedgerBalance extends TenantScopedEntity {
  @Enum(oneOf(['TEST', 'LIVE']))
  mode!: 'TEST' | 'LIVE';

  @Enum(oneOf(ACCOUNTS))
  account!: Account;

  @Property({ type: 'uuid', nullable: true })
  merchantId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  paymentSystemAccountId!: string | null;

  @Property({ type: 'text' })
  currency!: string;

  @Property({ type: 'bigint' })
  balanceMinor!: bigint;
}

/** Up to which transaction the operator's balances are kept; the entries from there on are added up when asked. */
@Entity({ tableName: 'ledger_positions', rowLevelSecurity: 'force' })
@Filter({
  name: 'tenant',
  cond: ({ operatorId }) => ({ operatorId }),
  default: true,
  rls: { setting: TENANT_SETTING },
})
export class LedgerPosition {
  @PrimaryKey({ type: 'uuid' })
  operatorId!: string;

  @Property({ columnType: 'bigint' })
  upTo!: string;
}
