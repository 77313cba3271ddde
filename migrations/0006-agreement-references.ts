import { Migration } from '@mikro-orm/migrations';

/**
 * child (columns) → parent (keys), always with the operator, because a foreign key ignores row policies, and with what
 * both rows must have in common: an agreement is of its payer's merchant and mode, an attempt is of its charge's
 * agreement, and nobody's means of payment pays for another payer.
 */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['agreements', 'merchant_id', 'merchants', 'id'],
  ['agreements', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['agreements', 'merchant_id, mode, payer_id', 'payers', 'merchant_id, mode, id'],
  ['agreements', 'payer_id, credential_id', 'stored_credentials', 'payer_id, id'],
  ['agreement_charges', 'agreement_id', 'agreements', 'id'],
  ['agreement_changes', 'agreement_id', 'agreements', 'id'],
  ['orders', 'merchant_id, mode, agreement_id', 'agreements', 'merchant_id, mode, id'],
  ['orders', 'agreement_id, charge_id', 'agreement_charges', 'agreement_id, id'],
  ['orders', 'payer_id, credential_id', 'stored_credentials', 'payer_id, id'],
  ['payment_paces', 'account_id', 'payment_system_accounts', 'id'],
];

/**
 * What has ended stays so, but for a completed agreement of which a payment came back, and what was paid is never open
 * again, whoever writes.
 */
const SETTLED: readonly (readonly [table: string, regress: string])[] = [
  [
    'agreements',
    "old.status in ('CANCELED', 'EXPIRED') and new.status <> old.status or old.status = 'COMPLETED' and new.status not in ('COMPLETED', 'SUSPENDED')",
  ],
  ['agreement_charges', "old.status = 'PAID' and new.status = 'OPEN'"],
];

const CHANGEABLE = ['agreements', 'agreement_charges', 'payment_paces'];

/** What the system role reads across operators: ids and when something is due. */
const SYSTEM_READS = ['agreements (operator_id, id, due_at)', 'stored_credentials (operator_id, id, due_at)'];

/** A charge and the attempt at it are written together, and name each other: which is first is nobody's business. */
export class Migration0006AgreementReferences extends Migration {
  override up(): void {
    for (const [child, columns, parent, keys] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})
         ${parent === 'agreement_charges' ? 'deferrable initially deferred' : ''}`,
      );
    }
    for (const [table, regress] of SETTLED) {
      this.addSql(
        `create trigger ${table}_settled_stay before update of status on ${table}
         for each row when (${regress}) execute function refuse_regress()`,
      );
    }
    for (const table of CHANGEABLE) this.addSql(`grant select, insert, update on ${table} to quittance_app`);
    // History is only ever added to.
    this.addSql('grant select, insert on agreement_changes to quittance_app');
    for (const table of SYSTEM_READS) {
      const [name, columns] = table.split(' (');
      this.addSql(`grant select (${columns} on ${name} to quittance_system`);
    }
  }
}
