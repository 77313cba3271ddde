import { Migration } from '@mikro-orm/migrations';

/** Both sides of one promise: who waits here sees what the other has committed. */
const ALONE = "perform pg_advisory_xact_lock(hashtextextended('test clock of ' || new.operator_id, 0));";

/**
 * The time of operators that only test. A moved clock and a live account
 * exclude each other; no constraint reaches over two tables, so triggers do.
 */
export class Migration0004TestClocks extends Migration {
  override up(): void {
    this.addSql(
      `create table "test_clocks" ("operator_id" uuid not null, "ahead_ms" bigint not null, "moves" jsonb not null, "moved_at" timestamptz not null, primary key ("operator_id"))`,
    );
    this.addSql(
      `alter table "test_clocks" add constraint "test_clocks_ahead_ms_check" check (ahead_ms > 0 and ahead_ms <= 315619200000)`,
    );
    this.addSql('alter table "test_clocks" enable row level security');
    this.addSql('alter table "test_clocks" force row level security');
    this.addSql(
      `create policy "test_clocks_tenant_policy" on "test_clocks" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`create policy "test_clocks_system" on "test_clocks" for select to quittance_system using (true)`);
    this.addSql(
      `create index "orders_due_of_tests" on "orders" ("operator_id", "due_at") where mode = 'TEST' and due_at is not null`,
    );
    this.addSql('grant select, insert, update on test_clocks to quittance_app');
    this.addSql('grant select (operator_id, ahead_ms, moves) on test_clocks to quittance_system');
    this.addSql('grant select (mode) on orders to quittance_system');
    this.addSql(`
      create function refuse_clock_of_live_operator() returns trigger language plpgsql as $$ begin
        ${ALONE}
        if exists (select from payment_system_accounts
          where operator_id = new.operator_id and mode = 'LIVE' and status <> 'DISCONNECTED') then
          raise check_violation using message = 'the operator has a live account',
            constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
        end if;
        return new;
      end $$`);
    this.addSql(`
      create function refuse_live_account_ahead() returns trigger language plpgsql as $$ begin
        ${ALONE}
        if exists (select from test_clocks where operator_id = new.operator_id) then
          raise check_violation using message = 'the operator''s clock was moved',
            constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
        end if;
        return new;
      end $$`);
    this.addSql(
      `create trigger test_clocks_never_live before insert or update on test_clocks
       for each row execute function refuse_clock_of_live_operator()`,
    );
    this.addSql(
      `create trigger payment_system_accounts_never_ahead before insert or update of mode, status on payment_system_accounts
       for each row when (new.mode = 'LIVE' and new.status <> 'DISCONNECTED') execute function refuse_live_account_ahead()`,
    );
  }
}
