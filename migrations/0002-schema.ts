import { Migration } from '@mikro-orm/migrations';

/**
 * All tables with their constraints, indexes and row policies, as the entities
 * declare them. What an entity cannot say is in the next migration.
 */
export class Migration0002Schema extends Migration {
  override up(): void {
    this.addSql(
      `create table "api_keys" ("operator_id" uuid not null, "id" uuid not null, "kind" text not null, "mode" text not null, "merchant_id" uuid null, "name" text not null, "scopes" text[] not null, "hash" text not null, "hint" text not null, "expires_at" timestamptz null, "last_used_at" timestamptz null, "revoked_at" timestamptz null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "api_keys_hash" on "api_keys" ("hash")`);
    this.addSql(`alter table "api_keys" add constraint "api_keys_hash_unique" unique ("operator_id", "hash")`);
    this.addSql(
      `create table "disputes" ("operator_id" uuid not null, "id" uuid not null, "order_id" uuid not null, "external_id" text not null, "status" text not null, "amount_minor" bigint not null, "reason" text null, "evidence_due_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "disputes_by_order" on "disputes" ("operator_id", "order_id")`);
    this.addSql(
      `alter table "disputes" add constraint "disputes_external_unique" unique ("operator_id", "external_id")`,
    );
    this.addSql(
      `create table "events" ("operator_id" uuid not null, "sequence" bigserial not null, "transaction_id" xid8 not null default pg_current_xact_id(), "type" text not null, "subject_id" uuid not null, "merchant_id" uuid null, "payload" jsonb not null, "occurred_at" timestamptz not null, primary key ("operator_id", "sequence"))`,
    );
    this.addSql(`create index "events_subject" on "events" ("operator_id", "subject_id", "sequence")`);
    this.addSql(`create index "events_operator_log_order" on "events" ("operator_id", "transaction_id", "sequence")`);
    this.addSql(`create index "events_log_order" on "events" ("transaction_id", "sequence")`);
    this.addSql(
      `create table "idempotency_keys" ("operator_id" uuid not null, "owner" text not null, "key" text not null, "request_hash" text not null, "result" jsonb not null, "created_at" timestamptz not null, primary key ("operator_id", "owner", "key"))`,
    );
    this.addSql(
      `create table "inbox_events" ("operator_id" uuid not null, "account_id" uuid not null, "event_id" text not null, "type" text not null, "payload" jsonb not null, "status" text not null, "attempts" int not null, "due_at" timestamptz not null, "error" text null, "received_at" timestamptz not null, "processed_at" timestamptz null, primary key ("operator_id", "account_id", "event_id"))`,
    );
    this.addSql(`create index "inbox_events_due" on "inbox_events" ("due_at") where status in ('RECEIVED', 'PARKED')`);
    this.addSql(
      `create table "merchants" ("operator_id" uuid not null, "id" uuid not null, "name" text not null, "allowed_sources" text[] not null, "pci_dss_certified" boolean not null default false, "callback_url" text null, "callback_format" text not null default 'JSON', "retry_policy_days" integer[] not null, "time_zone" text not null, "default_payment_system_account_id" uuid null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create table "operations" ("operator_id" uuid not null, "id" uuid not null, "order_id" uuid not null, "type" text not null, "status" text not null, "amount_minor" bigint not null, "reason" text null, "request" jsonb not null, "next_action" jsonb null, "decline_code" text null, "decline_message" text null, "retry_advice" text null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "operations_one_in_flight" on "operations" ("operator_id", "order_id") where status in ('PENDING', 'UNKNOWN')`,
    );
    this.addSql(
      `create unique index "operations_one_payment" on "operations" ("operator_id", "order_id") where type in ('PAYMENT', 'VERIFICATION') and status not in ('DECLINED', 'FAILED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "operations" add constraint "operations_of_order_unique" unique ("operator_id", "order_id", "id")`,
    );
    this.addSql(
      `create table "operators" ("id" uuid not null, "name" text not null, "status" text not null default 'ACTIVE', "time_zone" text not null, "data_key" text not null, "created_at" timestamptz not null, primary key ("id"))`,
    );
    this.addSql(
      `create table "orders" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "payment_system_account_id" uuid not null, "payer_id" uuid null, "order_number" text not null, "bill_number" text not null, "description" text null, "status" text not null, "closed_as" text null, "capture_mode" text not null, "currency" text not null, "amount_minor" bigint not null, "authorized_minor" bigint not null default '0', "captured_minor" bigint not null default '0', "refunded_minor" bigint not null default '0', "voided_minor" bigint not null default '0', "disputed_minor" bigint not null default '0', "source" text null, "stored_on_file" text null, "save_credential" boolean not null, "external_payment_id" text null, "multicapture" boolean not null default false, "incrementable" boolean not null default false, "capture_before" timestamptz null, "capture_warned_at" timestamptz null, "expires_at" timestamptz null, "return_url" text null, "callback_url" text null, "metadata" jsonb not null, "due_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "orders_due" on "orders" ("due_at") where due_at is not null`);
    this.addSql(`create index "orders_by_number" on "orders" ("operator_id", "merchant_id", "order_number")`);
    this.addSql(`create index "orders_by_payer" on "orders" ("operator_id", "payer_id", "id")`);
    this.addSql(`create index "orders_by_mode" on "orders" ("operator_id", "mode", "id")`);
    this.addSql(`create index "orders_by_merchant" on "orders" ("operator_id", "merchant_id", "mode", "id")`);
    this.addSql(
      `create unique index "orders_external_payment" on "orders" ("operator_id", "payment_system_account_id", "external_payment_id") where external_payment_id is not null`,
    );
    this.addSql(
      `create unique index "orders_number_held" on "orders" ("operator_id", "merchant_id", "mode", "order_number") where status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_bill_number_unique" unique ("operator_id", "bill_number")`,
    );
    this.addSql(
      `create table "payers" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "reference" text null, "email" text null, "name" text null, "phone" text null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `alter table "payers" add constraint "payers_reference_unique" unique ("operator_id", "merchant_id", "mode", "reference")`,
    );
    this.addSql(
      `alter table "payers" add constraint "payers_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `create table "payer_customers" ("operator_id" uuid not null, "payer_id" uuid not null, "account_id" uuid not null, "external_id" text not null, "created_at" timestamptz not null, primary key ("operator_id", "payer_id", "account_id"))`,
    );
    this.addSql(
      `create table "payment_system_accounts" ("operator_id" uuid not null, "id" uuid not null, "kind" text not null, "mode" text not null, "publishable_key" text not null, "secret_key_encrypted" text not null, "secret_key_hint" text not null, "status" text not null, "external_account_id" text not null, "country" text null, "polled" boolean not null, "polled_event_id" text null, "verified_at" timestamptz not null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `alter table "payment_system_accounts" add constraint "payment_system_accounts_mode_unique" unique ("operator_id", "mode", "id")`,
    );
    this.addSql(
      `create table "transactions" ("operator_id" uuid not null, "id" uuid not null, "order_id" uuid not null, "operation_id" uuid not null, "position" int not null, "type" text not null, "status" text not null, "amount_minor" bigint not null, "external_id" text null, "checks" int not null default 0, "due_at" timestamptz null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "transactions_by_order" on "transactions" ("operator_id", "order_id", "id")`);
    this.addSql(
      `create unique index "payment_system_accounts_connected_once" on "payment_system_accounts" ("operator_id", "mode", "external_account_id") where status <> 'DISCONNECTED'`,
    );
    this.addSql(`create index "transactions_due" on "transactions" ("due_at") where due_at is not null`);
    this.addSql(
      `create unique index "transactions_external" on "transactions" ("operator_id", "external_id") where type = 'REFUND' and external_id is not null`,
    );
    this.addSql(
      `create table "stored_credentials" ("operator_id" uuid not null, "id" uuid not null, "payer_id" uuid not null, "account_id" uuid not null, "type" text not null, "external_id" text not null, "external_customer_id" text not null, "brand" text null, "last_four" text null, "expiry_month" int null, "expiry_year" int null, "status" text not null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "stored_credentials_payer" on "stored_credentials" ("operator_id", "payer_id")`);
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_external_unique" unique ("operator_id", "account_id", "external_id")`,
    );
    this.addSql(
      `create table "webhook_endpoints" ("operator_id" uuid not null, "id" uuid not null, "account_id" uuid not null, "external_id" text not null, "secret_encrypted" text not null default '', "retire_at" timestamptz null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `alter table "api_keys" add constraint "api_keys_merchant_check" check ((kind = 'MERCHANT') = (merchant_id is not null))`,
    );
    this.addSql(
      `alter table "api_keys" add constraint "api_keys_kind_check" check ("kind" in ('PLATFORM', 'OPERATOR', 'MERCHANT'))`,
    );
    this.addSql(`alter table "api_keys" add constraint "api_keys_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(`alter table "api_keys" enable row level security`);
    this.addSql(`alter table "api_keys" force row level security`);
    this.addSql(`create policy "api_keys_system" on "api_keys" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "api_keys_tenant_policy" on "api_keys" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "disputes" add constraint "disputes_amount_check" check (amount_minor >= 0)`);
    this.addSql(
      `alter table "disputes" add constraint "disputes_status_check" check ("status" in ('OPEN', 'WON', 'LOST'))`,
    );
    this.addSql(`alter table "disputes" enable row level security`);
    this.addSql(`alter table "disputes" force row level security`);
    this.addSql(
      `create policy "disputes_tenant_policy" on "disputes" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "events" enable row level security`);
    this.addSql(`alter table "events" force row level security`);
    this.addSql(`create policy "events_system" on "events" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "events_tenant_policy" on "events" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "idempotency_keys" enable row level security`);
    this.addSql(`alter table "idempotency_keys" force row level security`);
    this.addSql(
      `create policy "idempotency_keys_tenant_policy" on "idempotency_keys" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "inbox_events" add constraint "inbox_events_attempts_check" check (attempts >= 0)`);
    this.addSql(
      `alter table "inbox_events" add constraint "inbox_events_status_check" check ("status" in ('RECEIVED', 'PARKED', 'PROCESSED', 'FOREIGN', 'FAILED'))`,
    );
    this.addSql(`alter table "inbox_events" enable row level security`);
    this.addSql(`alter table "inbox_events" force row level security`);
    this.addSql(`create policy "inbox_events_system" on "inbox_events" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "inbox_events_tenant_policy" on "inbox_events" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "merchants" add constraint "merchants_callback_format_check" check ("callback_format" in ('JSON', 'FORM'))`,
    );
    this.addSql(`alter table "merchants" enable row level security`);
    this.addSql(`alter table "merchants" force row level security`);
    this.addSql(
      `create policy "merchants_tenant_policy" on "merchants" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "operations" add constraint "operations_amount_check" check (amount_minor > 0 or amount_minor = 0 and type in ('VERIFICATION', 'CANCELLATION'))`,
    );
    this.addSql(
      `alter table "operations" add constraint "operations_type_check" check ("type" in ('PAYMENT', 'CAPTURE', 'CANCELLATION', 'VERIFICATION', 'AUTHORIZATION_INCREASE'))`,
    );
    this.addSql(
      `alter table "operations" add constraint "operations_status_check" check ("status" in ('PENDING', 'PROCESSING', 'REQUIRES_ACTION', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED', 'UNKNOWN'))`,
    );
    this.addSql(`alter table "operations" enable row level security`);
    this.addSql(`alter table "operations" force row level security`);
    this.addSql(
      `create policy "operations_tenant_policy" on "operations" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "operators" add constraint "operators_status_check" check ("status" in ('ACTIVE', 'SUSPENDED'))`,
    );
    this.addSql(`alter table "operators" enable row level security`);
    this.addSql(`alter table "operators" force row level security`);
    this.addSql(`create policy "operators_system" on "operators" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "operators_tenant_policy" on "operators" using ("id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_amounts_add_up" check (amount_minor >= 0 and captured_minor >= 0 and voided_minor >= 0 and refunded_minor >= 0 and disputed_minor >= 0 and captured_minor + voided_minor <= authorized_minor and refunded_minor <= captured_minor)`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_order_number_check" check (char_length(order_number) >= 1 and char_length(order_number) <= 128)`,
    );
    this.addSql(`alter table "orders" add constraint "orders_bill_number_check" check (bill_number ~ '^[0-9]{12}$')`);
    this.addSql(`alter table "orders" add constraint "orders_currency_check" check (currency ~ '^[A-Z]{3}$')`);
    this.addSql(`alter table "orders" add constraint "orders_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(
      `alter table "orders" add constraint "orders_status_check" check ("status" in ('CREATED', 'PROCESSING', 'REQUIRES_ACTION', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'DECLINED', 'EXPIRED', 'VERIFIED', 'DISPUTED'))`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_closed_as_check" check ("closed_as" in ('CANCELED', 'EXPIRED'))`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_capture_mode_check" check ("capture_mode" in ('AUTOMATIC', 'MANUAL'))`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_source_check" check ("source" in ('INTERNET', 'MOTO', 'MAIL_ORDER', 'TELEPHONE_ORDER', 'VOICE_RESPONSE', 'CALL_CENTER', 'CARD_PRESENT', 'PAYER_PRESENT', 'MERCHANT'))`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_stored_on_file_check" check ("stored_on_file" in ('NOT_STORED', 'TO_BE_STORED', 'STORED'))`,
    );
    this.addSql(`alter table "orders" enable row level security`);
    this.addSql(`alter table "orders" force row level security`);
    this.addSql(`create policy "orders_system" on "orders" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "orders_tenant_policy" on "orders" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payers" add constraint "payers_reference_check" check (char_length(reference) >= 1 and char_length(reference) <= 100)`,
    );
    this.addSql(`alter table "payers" add constraint "payers_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(`alter table "payers" enable row level security`);
    this.addSql(`alter table "payers" force row level security`);
    this.addSql(
      `create policy "payers_tenant_policy" on "payers" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "payer_customers" enable row level security`);
    this.addSql(`alter table "payer_customers" force row level security`);
    this.addSql(
      `create policy "payer_customers_tenant_policy" on "payer_customers" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payment_system_accounts" add constraint "payment_system_accounts_kind_check" check ("kind" in ('STRIPE'))`,
    );
    this.addSql(
      `alter table "payment_system_accounts" add constraint "payment_system_accounts_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "payment_system_accounts" add constraint "payment_system_accounts_status_check" check ("status" in ('ACTIVE', 'KEYS_REJECTED', 'DISCONNECTED'))`,
    );
    this.addSql(`alter table "payment_system_accounts" enable row level security`);
    this.addSql(`alter table "payment_system_accounts" force row level security`);
    this.addSql(
      `create policy "payment_system_accounts_system" on "payment_system_accounts" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "payment_system_accounts_tenant_policy" on "payment_system_accounts" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "transactions" add constraint "transactions_in_flight_are_due" check (status <> 'PENDING' and status <> 'UNKNOWN' or due_at is not null)`,
    );
    this.addSql(`alter table "transactions" add constraint "transactions_position_check" check (position >= 1)`);
    this.addSql(
      `alter table "transactions" add constraint "transactions_amount_check" check (amount_minor > 0 or amount_minor = 0 and type in ('VERIFICATION', 'VOID'))`,
    );
    this.addSql(
      `alter table "transactions" add constraint "transactions_type_check" check ("type" in ('AUTHORIZATION', 'SALE', 'CAPTURE', 'VOID', 'REFUND', 'VERIFICATION'))`,
    );
    this.addSql(
      `alter table "transactions" add constraint "transactions_status_check" check ("status" in ('PENDING', 'PROCESSING', 'REQUIRES_ACTION', 'SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED', 'UNKNOWN'))`,
    );
    this.addSql(`alter table "transactions" enable row level security`);
    this.addSql(`alter table "transactions" force row level security`);
    this.addSql(`create policy "transactions_system" on "transactions" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "transactions_tenant_policy" on "transactions" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_expiry_month_check" check (expiry_month >= 1 and expiry_month <= 12)`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_last_four_check" check (char_length(last_four) <= 4)`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_type_check" check ("type" in ('CARD', 'SCHEME_TOKEN', 'BANK_ACCOUNT'))`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_status_check" check ("status" in ('ACTIVE', 'REMOVED'))`,
    );
    this.addSql(`alter table "stored_credentials" enable row level security`);
    this.addSql(`alter table "stored_credentials" force row level security`);
    this.addSql(
      `create policy "stored_credentials_tenant_policy" on "stored_credentials" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "webhook_endpoints" enable row level security`);
    this.addSql(`alter table "webhook_endpoints" force row level security`);
    this.addSql(
      `create policy "webhook_endpoints_tenant_policy" on "webhook_endpoints" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
  }
}
