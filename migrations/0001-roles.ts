import { Migration } from '@mikro-orm/migrations';

/**
 * The two roles the product connects as. Neither owns a table, neither may
 * bypass row-level security. They get their passwords at start-up, derived
 * from the master key. Roles belong to the server, not to one database, so
 * they may be there already.
 */
export class Migration0001Roles extends Migration {
  override up(): void {
    for (const role of ['quittance_app', 'quittance_system']) {
      this.addSql(`
        do $$ begin
          create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
        exception when duplicate_object or unique_violation then null;
        end $$`);
    }
  }
}
