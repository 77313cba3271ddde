import { Migration } from '@mikro-orm/migrations';

/** child (columns) → parent: always with the operator, because a foreign key ignores row policies. */
const REFERENCES: readonly (readonly [child: string, column: string, parent: string])[] = [
  ['api_keys', 'merchant_id', 'merchants'],
  ['merchants', 'default_payment_system_account_id', 'payment_system_accounts'],
  ['webhook_endpoints', 'account_id', 'payment_system_accounts'],
  ['inbox_events', 'account_id', 'payment_system_accounts'],
  ['payers', 'merchant_id', 'merchants'],
  ['payer_customers', 'payer_id', 'payers'],
  ['payer_customers', 'account_id', 'payment_system_accounts'],
  ['stored_credentials', 'payer_id', 'payers'],
  ['stored_credentials', 'account_id', 'payment_system_accounts'],
  ['orders', 'merchant_id', 'merchants'],
  ['operations', 'order_id', 'orders'],
  ['disputes', 'order_id', 'orders'],
];

/**
 * The same with what both rows must have in common: a test order never reaches a live account, a payer pays no other
 * merchant, and a transaction is of its operation's order.
 */
const REFERENCES_IN_COMMON: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['orders', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['orders', 'merchant_id, mode, payer_id', 'payers', 'merchant_id, mode, id'],
  ['transactions', 'order_id, operation_id', 'operations', 'order_id, id'],
];

const NEVER_CHANGES = "old.status in ('DECLINED', 'FAILED', 'CANCELED') and new.status <> old.status";

/**
 * What is settled stays so, whoever writes. The exceptions are a refund that fails after it succeeded, with the
 * cancellation it belongs to, and a dispute that is decided again.
 */
const SETTLED: readonly (readonly [table: string, regress: string])[] = [
  [
    'operations',
    `${NEVER_CHANGES}
     or old.status = 'SUCCEEDED' and new.status <> old.status
       and not (old.type = 'CANCELLATION' and new.status in ('PARTIALLY_SUCCEEDED', 'FAILED'))
     or old.status = 'PARTIALLY_SUCCEEDED' and new.status <> old.status
       and not (old.type = 'CANCELLATION' and new.status = 'FAILED')`,
  ],
  [
    'transactions',
    `${NEVER_CHANGES}
     or old.status in ('SUCCEEDED', 'PARTIALLY_SUCCEEDED') and new.status <> old.status
       and not (old.type = 'REFUND' and new.status = 'FAILED')`,
  ],
  ['disputes', `old.status in ('WON', 'LOST') and new.status = 'OPEN'`],
];

/** Tables whose rows the application may change. The event log is not among them: it is append-only. */
const CHANGEABLE = [
  'operators',
  'merchants',
  'api_keys',
  'payment_system_accounts',
  'webhook_endpoints',
  'inbox_events',
  'payers',
  'payer_customers',
  'stored_credentials',
  'orders',
  'operations',
  'transactions',
  'disputes',
  'idempotency_keys',
];

/** Rows that may go: what has served its time. Nothing that tells of money is ever deleted. */
const DELETABLE = ['webhook_endpoints', 'inbox_events', 'idempotency_keys'];

/** What the system role reads across operators, and no more columns than it needs: never a secret. */
const SYSTEM_READS = [
  'operators (id, name, status, time_zone, created_at)',
  'api_keys (operator_id, id, kind, mode, merchant_id, scopes, hash, expires_at, last_used_at, revoked_at)',
  'payment_system_accounts (operator_id, id, status, polled)',
  'inbox_events (operator_id, account_id, event_id, status, due_at)',
  'orders (operator_id, id, due_at)',
  'transactions (operator_id, id, order_id, due_at, status)',
  'events (operator_id, sequence, transaction_id, type, subject_id, merchant_id, payload, occurred_at)',
  // Whether this process and the database fit each other.
  'migrations (name)',
];

export class Migration0003ReferencesAndGrants extends Migration {
  override up(): void {
    for (const [child, column, parent] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${column}_reference
         foreign key (operator_id, ${column}) references ${parent} (operator_id, id)`,
      );
    }
    for (const [child, columns, parent, keys] of REFERENCES_IN_COMMON) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})`,
      );
    }
    this.addSql(`
      create function refuse_regress() returns trigger language plpgsql as $$ begin
        raise check_violation using
          message = format('a row of %s that is %s cannot become %s', tg_table_name, old.status, new.status),
          constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
      end $$`);
    for (const [table, regress] of SETTLED) {
      this.addSql(
        `create trigger ${table}_settled_stay before update of status on ${table}
         for each row when (${regress}) execute function refuse_regress()`,
      );
    }
    this.addSql('grant usage on schema public to quittance_app, quittance_system');
    for (const table of CHANGEABLE) this.addSql(`grant select, insert, update on ${table} to quittance_app`);
    for (const table of DELETABLE) this.addSql(`grant delete on ${table} to quittance_app`);
    this.addSql('grant select, insert on events to quittance_app');
    this.addSql('grant usage on sequence events_sequence_seq to quittance_app');
    for (const table of SYSTEM_READS) {
      const [name, columns] = table.split(' (');
      this.addSql(`grant select (${columns} on ${name} to quittance_system`);
    }
  }
}
