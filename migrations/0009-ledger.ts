import { Migration } from '@mikro-orm/migrations';

/**
 * The ledger: what merchants are owed and what operators have at their payment systems, in double entry; the payment
 * systems' own movements, which it is compared with; payouts and settlements.
 */
export class Migration0009Ledger extends Migration {
  override up(): void {
    this.addSql(
      `create table "balance_movements" ("operator_id" uuid not null, "id" uuid not null, "payment_system_account_id" uuid not null, "mode" text not null, "external_id" text not null, "kind" text not null, "amount_minor" bigint not null, "fee_minor" bigint not null, "net_minor" bigint not null, "currency" text not null, "original_minor" bigint not null, "original_currency" text not null, "available_at" timestamptz not null, "occurred_at" timestamptz not null, "description" text null, "source_external_id" text null, "payment_external_id" text null, "order_id" uuid null, "payout_id" uuid null, "status" text not null, "due_at" timestamptz null, "created_at" timestamptz not null, "transaction_id" bigint not null default ((pg_current_xact_id())::text)::bigint, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "balance_movements_waiting" on "balance_movements" ("operator_id", "payment_system_account_id") where status = 'WAITING'`,
    );
    this.addSql(
      `create index "balance_movements_log_order" on "balance_movements" ("operator_id", "payment_system_account_id", "transaction_id", "id")`,
    );
    this.addSql(
      `create index "balance_movements_by_payout" on "balance_movements" ("operator_id", "payout_id", "id") where payout_id is not null`,
    );
    this.addSql(
      `create index "balance_movements_by_order" on "balance_movements" ("operator_id", "order_id", "id") where order_id is not null`,
    );
    this.addSql(
      `create index "balance_movements_due_of_operator" on "balance_movements" ("operator_id", "due_at") where due_at is not null`,
    );
    this.addSql(`create index "balance_movements_due" on "balance_movements" ("due_at") where due_at is not null`);
    this.addSql(
      `create index "balance_movements_by_payment" on "balance_movements" ("operator_id", "payment_system_account_id", "payment_external_id") where kind = 'CAPTURE'`,
    );
    this.addSql(
      `create index "balance_movements_of_payouts" on "balance_movements" ("operator_id", "payment_system_account_id", "created_at") where kind in ('PAYOUT', 'PAYOUT_FAILURE')`,
    );
    this.addSql(
      `create index "balance_movements_by_time" on "balance_movements" ("operator_id", "payment_system_account_id", "occurred_at")`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_external_unique" unique ("operator_id", "payment_system_account_id", "external_id")`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_waiting_check" check (status = 'POSTED' or due_at is not null)`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_currency_check" check (currency ~ '^[A-Z]{3}$' and original_currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_net_check" check (net_minor = amount_minor - fee_minor)`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_kind_check" check ("kind" in ('CAPTURE', 'CAPTURE_FAILURE', 'REFUND', 'REFUND_FAILURE', 'DISPUTE', 'DISPUTE_REVERSAL', 'PAYOUT', 'PAYOUT_FAILURE', 'OTHER'))`,
    );
    this.addSql(
      `alter table "balance_movements" add constraint "balance_movements_status_check" check ("status" in ('WAITING', 'POSTED'))`,
    );
    this.addSql(
      `create table "balance_sweeps" ("operator_id" uuid not null, "id" uuid not null, "place" text null, "back_place" text null, "due_at" timestamptz not null, "swept_at" timestamptz not null, "leased_until" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create table "ledger_balances" ("operator_id" uuid not null, "id" uuid not null, "mode" text not null, "account" text not null, "merchant_id" uuid null, "payment_system_account_id" uuid null, "currency" text not null, "balance_minor" bigint not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "ledger_balances_unique" on "ledger_balances" ("operator_id", "merchant_id", "mode", "payment_system_account_id", "account", "currency") nulls not distinct`,
    );
    this.addSql(
      `alter table "ledger_balances" add constraint "ledger_balances_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "ledger_balances" add constraint "ledger_balances_account_check" check ("account" in ('AVAILABLE', 'PENDING', 'FEES', 'CLEARING', 'EXCHANGE', 'PAYOUTS', 'OTHER', 'SETTLEMENTS'))`,
    );
    this.addSql(
      `create table "ledger_checks" ("operator_id" uuid not null, "id" uuid not null, "payment_system_account_id" uuid not null, "mode" text not null, "orders" int not null, "movements" int not null, "differences" int not null, "checked_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "ledger_checks_by_account" on "ledger_checks" ("operator_id", "payment_system_account_id", "id")`,
    );
    this.addSql(
      `alter table "ledger_checks" add constraint "ledger_checks_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `create table "ledger_differences" ("operator_id" uuid not null, "id" uuid not null, "check_id" uuid not null, "kind" text not null, "merchant_id" uuid null, "order_id" uuid null, "movement_external_id" text null, "detail" text not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "ledger_differences_by_check" on "ledger_differences" ("operator_id", "check_id", "id")`);
    this.addSql(
      `alter table "ledger_differences" add constraint "ledger_differences_kind_check" check ("kind" in ('ORDER_AND_LEDGER', 'ORDER_AND_ENTRIES', 'DISPUTES_AND_LEDGER', 'MOVEMENT_MISSING_HERE', 'MOVEMENT_MISSING_THERE', 'MOVEMENT_DIFFERS', 'MOVEMENT_UNREADABLE', 'MOVEMENT_WITHOUT_CAPTURE', 'MOVEMENT_AWAITED', 'CLEARING_AND_MOVEMENTS'))`,
    );
    this.addSql(
      `create table "ledger_entries" ("operator_id" uuid not null, "posting_id" uuid not null, "line" smallint not null, "mode" text not null, "account" text not null, "merchant_id" uuid null, "payment_system_account_id" uuid null, "currency" text not null, "amount_minor" bigint not null, "posted_at" timestamptz not null, "transaction_id" bigint not null default ((pg_current_xact_id())::text)::bigint, primary key ("operator_id", "posting_id", "line"))`,
    );
    this.addSql(
      `create index "ledger_entries_by_day" on "ledger_entries" ("operator_id", "merchant_id", "mode", "currency", "posted_at") where merchant_id is not null`,
    );
    this.addSql(
      `create index "ledger_entries_by_merchant" on "ledger_entries" ("operator_id", "merchant_id", "mode", "transaction_id", "posting_id", "line") where merchant_id is not null`,
    );
    this.addSql(
      `alter table "ledger_entries" add constraint "ledger_entries_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(`alter table "ledger_entries" add constraint "ledger_entries_amount_check" check (amount_minor <> 0)`);
    this.addSql(
      `alter table "ledger_entries" add constraint "ledger_entries_owner_check" check ((merchant_id is not null) = (account in ('AVAILABLE', 'PENDING', 'FEES')) and (payment_system_account_id is not null) = (account in ('CLEARING', 'EXCHANGE', 'PAYOUTS', 'OTHER')))`,
    );
    this.addSql(
      `alter table "ledger_entries" add constraint "ledger_entries_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "ledger_entries" add constraint "ledger_entries_account_check" check ("account" in ('AVAILABLE', 'PENDING', 'FEES', 'CLEARING', 'EXCHANGE', 'PAYOUTS', 'OTHER', 'SETTLEMENTS'))`,
    );
    this.addSql(
      `create table "ledger_orders" ("operator_id" uuid not null, "order_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "payment_system_account_id" uuid not null, "currency" text not null, "captured_minor" bigint not null, "refunded_minor" bigint not null, "disputed_minor" bigint not null, "unavailable_minor" bigint not null, "pending_minor" bigint not null, "captured_moved_minor" bigint not null, "refunded_moved_minor" bigint not null, "postings" int not null, "awaited_since" timestamptz null, primary key ("operator_id", "order_id"))`,
    );
    this.addSql(
      `create index "ledger_orders_awaited" on "ledger_orders" ("operator_id", "payment_system_account_id", "awaited_since") where awaited_since is not null`,
    );
    this.addSql(
      `alter table "ledger_orders" add constraint "ledger_orders_awaited_check" check ((awaited_since is null) = (captured_minor = captured_moved_minor and refunded_minor = refunded_moved_minor))`,
    );
    this.addSql(`alter table "ledger_orders" add constraint "ledger_orders_postings_check" check (postings >= 1)`);
    this.addSql(
      `alter table "ledger_orders" add constraint "ledger_orders_amounts_check" check (captured_minor >= 0 and refunded_minor >= 0 and refunded_minor <= captured_minor and pending_minor >= 0)`,
    );
    this.addSql(
      `alter table "ledger_orders" add constraint "ledger_orders_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `create table "ledger_positions" ("operator_id" uuid not null, "up_to" bigint not null, primary key ("operator_id"))`,
    );
    this.addSql(
      `create table "ledger_postings" ("operator_id" uuid not null, "id" uuid not null, "mode" text not null, "kind" text not null, "order_id" uuid null, "number" int null, "movement_id" uuid null, "payout_id" uuid null, "settlement_id" uuid null, "occurred_at" timestamptz not null, "posted_at" timestamptz not null, "transaction_id" bigint not null default ((pg_current_xact_id())::text)::bigint, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "ledger_postings_once_per_settlement" on "ledger_postings" ("operator_id", "settlement_id") where settlement_id is not null`,
    );
    this.addSql(
      `create unique index "ledger_postings_once_per_movement" on "ledger_postings" ("operator_id", "movement_id", "kind") where movement_id is not null`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_number_unique" unique ("operator_id", "order_id", "number")`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_log_unique" unique ("operator_id", "transaction_id", "id")`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_reason_check" check (num_nonnulls(order_id, movement_id, settlement_id) >= 1)`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_number_check" check ((order_id is null) = (number is null) and number >= 1)`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "ledger_postings" add constraint "ledger_postings_kind_check" check ("kind" in ('OPENING', 'CAPTURE', 'REFUND', 'REFUND_FAILED', 'FEE', 'EXCHANGE', 'AVAILABILITY', 'DISPUTE', 'DISPUTE_REVERSAL', 'PAYOUT', 'PAYOUT_FAILURE', 'SETTLEMENT', 'OTHER'))`,
    );
    this.addSql(
      `create table "payouts" ("operator_id" uuid not null, "id" uuid not null, "payment_system_account_id" uuid not null, "mode" text not null, "external_id" text not null, "status" text not null, "amount_minor" bigint not null, "currency" text not null, "automatic" boolean not null, "arrives_at" timestamptz not null, "failure_reason" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "payouts_by_mode" on "payouts" ("operator_id", "mode", "id")`);
    this.addSql(
      `alter table "payouts" add constraint "payouts_external_unique" unique ("operator_id", "payment_system_account_id", "external_id")`,
    );
    this.addSql(`alter table "payouts" add constraint "payouts_currency_check" check (currency ~ '^[A-Z]{3}$')`);
    this.addSql(`alter table "payouts" add constraint "payouts_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(
      `alter table "payouts" add constraint "payouts_status_check" check ("status" in ('PENDING', 'IN_TRANSIT', 'PAID', 'FAILED', 'CANCELED'))`,
    );
    this.addSql(
      `create table "settlements" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "currency" text not null, "amount_minor" bigint not null, "fees_minor" bigint not null, "reference" text not null, "in_advance" boolean not null, "occurred_at" timestamptz not null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "settlements_by_merchant" on "settlements" ("operator_id", "merchant_id", "mode", "id")`);
    this.addSql(
      `alter table "settlements" add constraint "settlements_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(
      `alter table "settlements" add constraint "settlements_amount_check" check (amount_minor > 0 and fees_minor >= 0)`,
    );
    this.addSql(`alter table "settlements" add constraint "settlements_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(`alter table "balance_movements" enable row level security`);
    this.addSql(`alter table "balance_movements" force row level security`);
    this.addSql(
      `create policy "balance_movements_system" on "balance_movements" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "balance_movements_tenant_policy" on "balance_movements" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "balance_sweeps" enable row level security`);
    this.addSql(`alter table "balance_sweeps" force row level security`);
    this.addSql(
      `create policy "balance_sweeps_system" on "balance_sweeps" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "balance_sweeps_tenant_policy" on "balance_sweeps" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_balances" enable row level security`);
    this.addSql(`alter table "ledger_balances" force row level security`);
    this.addSql(
      `create policy "ledger_balances_tenant_policy" on "ledger_balances" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_checks" enable row level security`);
    this.addSql(`alter table "ledger_checks" force row level security`);
    this.addSql(
      `create policy "ledger_checks_tenant_policy" on "ledger_checks" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_differences" enable row level security`);
    this.addSql(`alter table "ledger_differences" force row level security`);
    this.addSql(
      `create policy "ledger_differences_tenant_policy" on "ledger_differences" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_entries" enable row level security`);
    this.addSql(`alter table "ledger_entries" force row level security`);
    this.addSql(
      `create policy "ledger_entries_tenant_policy" on "ledger_entries" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_orders" enable row level security`);
    this.addSql(`alter table "ledger_orders" force row level security`);
    this.addSql(
      `create policy "ledger_orders_system" on "ledger_orders" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "ledger_orders_tenant_policy" on "ledger_orders" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_positions" enable row level security`);
    this.addSql(`alter table "ledger_positions" force row level security`);
    this.addSql(
      `create policy "ledger_positions_tenant_policy" on "ledger_positions" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "ledger_postings" enable row level security`);
    this.addSql(`alter table "ledger_postings" force row level security`);
    this.addSql(
      `create policy "ledger_postings_tenant_policy" on "ledger_postings" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "payouts" enable row level security`);
    this.addSql(`alter table "payouts" force row level security`);
    this.addSql(
      `create policy "payouts_tenant_policy" on "payouts" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "settlements" enable row level security`);
    this.addSql(`alter table "settlements" force row level security`);
    this.addSql(
      `create policy "settlements_tenant_policy" on "settlements" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
  }
}
