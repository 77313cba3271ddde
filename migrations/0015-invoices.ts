import { Migration } from '@mikro-orm/migrations';

/**
 * Invoices with their items, credit notes and what payers have in hand. Orders say which invoice they pay, and
 * merchants how long their payers have. What keeps them true is in `0015b-invoice-rules.ts`.
 */
export class Migration0015Invoices extends Migration {
  override up(): void {
    this.addSql(
      `create table "credit_notes" ("operator_id" uuid not null, "id" uuid not null, "invoice_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "number" int not null, "currency" text not null, "net_minor" bigint not null, "tax_minor" bigint not null, "total_minor" bigint not null, "reason" text not null, "settlement" text not null, "status" text not null, "operation_id" uuid null, "issued_on" date not null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "credit_notes_operation_unique" on "credit_notes" ("operator_id", "operation_id") where operation_id is not null`,
    );
    this.addSql(`create index "credit_notes_of_invoice" on "credit_notes" ("operator_id", "invoice_id", "id")`);
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_number_unique" unique ("operator_id", "merchant_id", "mode", "number")`,
    );
    this.addSql(
      `create table "credit_note_lines" ("operator_id" uuid not null, "id" uuid not null, "credit_note_id" uuid not null, "item_id" uuid not null, "net_minor" bigint not null, "tax_minor" bigint not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "credit_note_lines_of_item" on "credit_note_lines" ("operator_id", "item_id")`);
    this.addSql(
      `create index "credit_note_lines_of_note" on "credit_note_lines" ("operator_id", "credit_note_id", "id")`,
    );
    this.addSql(
      `create table "invoices" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "payer_id" uuid not null, "currency" text not null, "status" text not null, "month" date not null, "time_zone" text not null, "number" int null, "title" text not null, "issued_on" date null, "due_on" date null, "subtotal_minor" bigint not null default '0', "tax_minor" bigint not null default '0', "total_minor" bigint not null default '0', "item_count" int not null default 0, "totals_at" timestamptz not null, "stale_since" timestamptz null, "credit_applied_minor" bigint not null default '0', "credited_minor" bigint not null default '0', "paid_minor" bigint not null default '0', "refunded_minor" bigint not null default '0', "agreement_id" uuid null, "order_id" uuid null, "paid_outside" text null, "attempts" int not null default 0, "declines" int not null default 0, "technical_failures" int not null default 0, "first_failed_at" timestamptz null, "retry_at" timestamptz null, "decline_code" text null, "charge_stop" text null, "charge_stop_detail" text null, "due_at" timestamptz null, "close_at" timestamptz not null, "closed_at" timestamptz null, "paid_at" timestamptz null, "voided_at" timestamptz null, "uncollectible_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "invoices_stale" on "invoices" ("operator_id", "stale_since") where stale_since is not null`,
    );
    this.addSql(`create index "invoices_due" on "invoices" ("operator_id", "due_at") where due_at is not null`);
    this.addSql(
      `create index "invoices_by_month" on "invoices" ("operator_id", "mode", "month", "currency", "status")`,
    );
    this.addSql(`create index "invoices_by_payer" on "invoices" ("operator_id", "payer_id", "id")`);
    this.addSql(`create index "invoices_by_mode" on "invoices" ("operator_id", "mode", "id")`);
    this.addSql(
      `create unique index "invoices_one_draft" on "invoices" ("operator_id", "payer_id", "currency", "month") where status = 'DRAFT'`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_number_unique" unique ("operator_id", "merchant_id", "mode", "number")`,
    );
    this.addSql(
      `create table "invoice_items" ("operator_id" uuid not null, "id" uuid not null, "invoice_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "description" text not null, "date" date not null, "quantity" numeric(19,6) not null, "unit_price" numeric(24,8) not null, "tax_rate" numeric(7,4) null, "net_minor" bigint not null, "tax_minor" bigint not null, "reference" text null, "metadata" jsonb not null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "invoice_items_reference_unique" on "invoice_items" ("operator_id", "merchant_id", "mode", "reference") where reference is not null`,
    );
    this.addSql(`create index "invoice_items_of_invoice" on "invoice_items" ("operator_id", "invoice_id", "id")`);
    this.addSql(
      `create table "invoice_series" ("operator_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "kind" text not null, "last_number" int not null, primary key ("operator_id", "merchant_id", "mode", "kind"))`,
    );
    this.addSql(
      `create table "payer_credits" ("operator_id" uuid not null, "payer_id" uuid not null, "currency" text not null, "balance_minor" bigint not null, primary key ("operator_id", "payer_id", "currency"))`,
    );
    this.addSql(
      `create table "payer_credit_entries" ("operator_id" uuid not null, "id" uuid not null, "payer_id" uuid not null, "currency" text not null, "amount_minor" bigint not null, "credit_note_id" uuid null, "invoice_id" uuid null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "payer_credit_entries_invoice_unique" on "payer_credit_entries" ("operator_id", "invoice_id", (amount_minor > 0)) where invoice_id is not null`,
    );
    this.addSql(
      `create unique index "payer_credit_entries_note_unique" on "payer_credit_entries" ("operator_id", "credit_note_id") where credit_note_id is not null`,
    );
    this.addSql(
      `create index "payer_credit_entries_of_payer" on "payer_credit_entries" ("operator_id", "payer_id", "currency", "id")`,
    );
    this.addSql(`alter table "merchants" add "invoice_due_days" int not null default 14`);
    this.addSql(
      `alter table "merchants" add constraint "merchants_invoice_due_days_check" check (invoice_due_days >= 0 and invoice_due_days <= 365)`,
    );
    this.addSql(`alter table "orders" add "invoice_id" uuid null`);
    this.addSql(
      `create index "orders_by_invoice" on "orders" ("operator_id", "invoice_id", "id") where invoice_id is not null`,
    );
    this.addSql(
      `create unique index "orders_invoice_held" on "orders" ("operator_id", "invoice_id") where invoice_id is not null and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_reason_check" check (char_length(reason) >= 1 and char_length(reason) <= 500)`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_settled_check" check ((status = 'PENDING') = (finished_at is null) and (settlement = 'REFUND' or status = 'SETTLED') and (operation_id is null or settlement = 'REFUND'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_amounts_check" check (net_minor >= 0 and tax_minor >= 0 and total_minor > 0 and total_minor = net_minor + tax_minor)`,
    );
    this.addSql(`alter table "credit_notes" add constraint "credit_notes_number_check" check (number >= 1)`);
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_settlement_check" check ("settlement" in ('AMOUNT_DUE', 'REFUND', 'BALANCE'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_status_check" check ("status" in ('PENDING', 'SETTLED', 'FAILED'))`,
    );
    this.addSql(`alter table "credit_notes" enable row level security`);
    this.addSql(`alter table "credit_notes" force row level security`);
    this.addSql(
      `create policy "credit_notes_tenant_policy" on "credit_notes" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "credit_note_lines" add constraint "credit_note_lines_amounts_check" check (net_minor >= 0 and tax_minor >= 0 and net_minor + tax_minor > 0)`,
    );
    this.addSql(`alter table "credit_note_lines" enable row level security`);
    this.addSql(`alter table "credit_note_lines" force row level security`);
    this.addSql(
      `create policy "credit_note_lines_tenant_policy" on "credit_note_lines" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_tries_check" check (attempts >= 0 and declines >= 0 and technical_failures >= 0)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_ended_check" check ((status = 'VOID') = (voided_at is not null) and (status <> 'UNCOLLECTIBLE' or uncollectible_at is not null))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_paid_check" check ((status = 'PAID') = (paid_at is not null) and (status <> 'PAID' or credit_applied_minor + credited_minor + paid_minor = total_minor))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_amounts_add_up" check (subtotal_minor >= 0 and tax_minor >= 0 and total_minor = subtotal_minor + tax_minor and credit_applied_minor >= 0 and credited_minor >= 0 and paid_minor >= 0 and refunded_minor >= 0 and refunded_minor <= paid_minor and credit_applied_minor + credited_minor + paid_minor <= total_minor)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_closed_check" check ((closed_at is null) = (issued_on is null) and (closed_at is null) = (due_on is null) and due_on >= issued_on)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_number_check" check ((number is null) = (closed_at is null) and (status <> 'DRAFT' or number is null) and (number is not null or status in ('DRAFT', 'VOID')) and number >= 1)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_title_check" check (char_length(title) >= 1 and char_length(title) <= 200)`,
    );
    this.addSql(`alter table "invoices" add constraint "invoices_month_check" check (extract(day from month) = 1)`);
    this.addSql(`alter table "invoices" add constraint "invoices_currency_check" check (currency ~ '^[A-Z]{3}$')`);
    this.addSql(`alter table "invoices" add constraint "invoices_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(
      `alter table "invoices" add constraint "invoices_status_check" check ("status" in ('DRAFT', 'OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE'))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_charge_stop_check" check ("charge_stop" in ('NO_AGREEMENT', 'REFUSED_BY_TERMS', 'HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT', 'CREDENTIAL_UNUSABLE', 'CANCELED', 'RETURNED', 'AMOUNT_NOT_ACCEPTED'))`,
    );
    this.addSql(`alter table "invoices" enable row level security`);
    this.addSql(`alter table "invoices" force row level security`);
    this.addSql(`create policy "invoices_system" on "invoices" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "invoices_tenant_policy" on "invoices" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_description_check" check (char_length(description) >= 1 and char_length(description) <= 500)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_tax_check" check (tax_rate is null and tax_minor = 0 or tax_rate is not null and tax_rate >= 0 and tax_rate <= 100)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_amounts_check" check (net_minor >= 0 and tax_minor >= 0)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_quantity_check" check (quantity > 0 and unit_price >= 0)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(`alter table "invoice_items" enable row level security`);
    this.addSql(`alter table "invoice_items" force row level security`);
    this.addSql(
      `create policy "invoice_items_tenant_policy" on "invoice_items" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoice_series" add constraint "invoice_series_kind_check" check (kind in ('INVOICE', 'CREDIT_NOTE'))`,
    );
    this.addSql(
      `alter table "invoice_series" add constraint "invoice_series_mode_check" check (mode in ('TEST', 'LIVE'))`,
    );
    this.addSql(`alter table "invoice_series" add constraint "invoice_series_last_check" check (last_number >= 0)`);
    this.addSql(`alter table "invoice_series" enable row level security`);
    this.addSql(`alter table "invoice_series" force row level security`);
    this.addSql(
      `create policy "invoice_series_tenant_policy" on "invoice_series" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payer_credits" add constraint "payer_credits_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(`alter table "payer_credits" add constraint "payer_credits_balance_check" check (balance_minor >= 0)`);
    this.addSql(`alter table "payer_credits" enable row level security`);
    this.addSql(`alter table "payer_credits" force row level security`);
    this.addSql(
      `create policy "payer_credits_tenant_policy" on "payer_credits" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payer_credit_entries" add constraint "payer_credit_entries_cause_check" check (amount_minor <> 0 and num_nonnulls(credit_note_id, invoice_id) = 1 and (credit_note_id is null or amount_minor > 0))`,
    );
    this.addSql(`alter table "payer_credit_entries" enable row level security`);
    this.addSql(`alter table "payer_credit_entries" force row level security`);
    this.addSql(
      `create policy "payer_credit_entries_tenant_policy" on "payer_credit_entries" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
  }
}
