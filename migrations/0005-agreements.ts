import { Migration } from '@mikro-orm/migrations';

/**
 * Agreements with their charges and their history, orders that are attempts at charges, what is owed to a stored
 * credential at the payment system, and the pace of each account. References and grants follow in 0006.
 */
export class Migration0005Agreements extends Migration {
  override up(): void {
    this.addSql(
      `create table "agreements" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "payment_system_account_id" uuid not null, "payer_id" uuid not null, "credential_id" uuid null, "reference" text not null, "type" text not null, "status" text not null, "suspended_because" text null, "currency" text not null, "amount_variability" text null, "start_date" date null, "expiry_date" date null, "minimum_minor" bigint null, "maximum_minor" bigint null, "minimum_days" int null, "number_of_payments" int null, "frequency" text null, "retailer" jsonb null, "metadata" jsonb not null, "charge_mode" text null, "charge_amounts" bigint[] not null, "period" text null, "interval_count" int null, "schedule_start" date null, "finish_date" date null, "time_zone" text not null, "local_time" text null, "base_number" int not null default 1, "base_index" int not null default 0, "next_number" int not null default 1, "next_charge_at" timestamptz null, "top_up_threshold_minor" bigint null, "top_up_minor" bigint null, "is_below" boolean not null default false, "payments_made" int not null default 0, "last_payment_on" date null, "first_cit_at" timestamptz null, "first_cit_reference" text null, "pending_until" timestamptz null, "noticed_number" int null, "expiry_noticed_number" int null, "due_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "agreements_due" on "agreements" ("operator_id", "due_at") where due_at is not null`);
    this.addSql(`create index "agreements_by_credential" on "agreements" ("operator_id", "credential_id")`);
    this.addSql(`create index "agreements_by_payer" on "agreements" ("operator_id", "payer_id", "id")`);
    this.addSql(`create index "agreements_by_mode" on "agreements" ("operator_id", "mode", "id")`);
    this.addSql(
      `alter table "agreements" add constraint "agreements_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_reference_unique" unique ("operator_id", "merchant_id", "mode", "reference")`,
    );
    this.addSql(
      `create table "agreement_changes" ("operator_id" uuid not null, "id" uuid not null, "agreement_id" uuid not null, "kind" text not null, "api_key_id" uuid null, "note" text null, "before" jsonb null, "after" jsonb null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "agreement_changes_by_agreement" on "agreement_changes" ("operator_id", "agreement_id", "id")`,
    );
    this.addSql(
      `create table "agreement_charges" ("operator_id" uuid not null, "id" uuid not null, "agreement_id" uuid not null, "number" int null, "kind" text not null, "amount_minor" bigint not null, "planned_at" timestamptz not null, "status" text not null, "attempts" int not null, "declines" int not null default 0, "technical_failures" int not null default 0, "first_failed_at" timestamptz null, "last_attempt_at" timestamptz null, "retry_at" timestamptz null, "live_order_id" uuid null, "last_order_id" uuid null, "decline_code" text null, "gave_up_because" text null, "give_up_as" text null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "agreement_charges_open" on "agreement_charges" ("operator_id", "agreement_id") where status = 'OPEN'`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_of_agreement_unique" unique ("operator_id", "agreement_id", "id")`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_number_unique" unique ("operator_id", "agreement_id", "number")`,
    );
    this.addSql(
      `create table "payment_paces" ("operator_id" uuid not null, "account_id" uuid not null, "free_at" timestamptz not null, primary key ("operator_id", "account_id"))`,
    );
    this.addSql(
      `alter table "orders" add "agreement_id" uuid null, add "charge_id" uuid null, add "charge_released" boolean not null default false, add "credential_id" uuid null`,
    );
    this.addSql(
      `create index "orders_tries_of_credential" on "orders" ("operator_id", "credential_id", "created_at") where charge_id is not null`,
    );
    this.addSql(
      `create index "orders_by_agreement" on "orders" ("operator_id", "agreement_id", "id") where agreement_id is not null`,
    );
    this.addSql(
      `create unique index "orders_charge_held" on "orders" ("operator_id", "charge_id") where charge_id is not null and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "orders" add constraint "orders_charge_check" check (charge_id is null or agreement_id is not null)`,
    );
    this.addSql(
      `alter table "stored_credentials" add "removed_because" text null, add "removed_at" timestamptz null, add "mandate_external_id" text null, add "mandate_status" text null, add "mandate_reference" text null, add "mandate_url" text null, add "due_at" timestamptz null, add "tries" int not null default 0`,
    );
    this.addSql(`create index "stored_credentials_due" on "stored_credentials" ("due_at") where due_at is not null`);
    this.addSql(
      `create index "stored_credentials_mandate" on "stored_credentials" ("operator_id", "account_id", "mandate_external_id") where mandate_external_id is not null`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_of_payer_unique" unique ("operator_id", "payer_id", "id")`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_removal_check" check ((status = 'REMOVED') = (removed_because is not null) and (status = 'REMOVED') = (removed_at is not null))`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_removed_because_check" check ("removed_because" in ('REQUESTED', 'DETACHED_ELSEWHERE', 'MANDATE_INACTIVE'))`,
    );
    this.addSql(
      `alter table "stored_credentials" add constraint "stored_credentials_mandate_status_check" check ("mandate_status" in ('ACTIVE', 'PENDING', 'INACTIVE'))`,
    );
    this.addSql(
      `create policy "stored_credentials_system" on "stored_credentials" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_numbers_check" check (next_number >= 1 and base_number >= 1 and base_index >= 0)`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_in_force_check" check (status <> 'ACTIVE' and status <> 'PAST_DUE' or credential_id is not null and first_cit_at is not null)`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_top_up_check" check ((top_up_threshold_minor is null) = (top_up_minor is null) and top_up_minor > 0)`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_charge_amounts_check" check ((charge_mode is null) = (cardinality(charge_amounts) = 0) and (charge_mode <> 'FIXED' or cardinality(charge_amounts) = 1) and (charge_mode <> 'RANGE' or cardinality(charge_amounts) = 2))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_schedule_check" check ((period is null and interval_count is null and schedule_start is null and local_time is null and next_charge_at is null) or (period is not null and interval_count is not null and interval_count >= 1 and schedule_start is not null and local_time is not null and charge_mode is not null))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_payments_check" check (payments_made >= 0 and payments_made <= number_of_payments)`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_limits_check" check (minimum_minor > 0 and maximum_minor > 0 and minimum_minor <= maximum_minor and minimum_days >= 1 and minimum_days <= 9999 and number_of_payments >= 1 and number_of_payments <= 999)`,
    );
    this.addSql(`alter table "agreements" add constraint "agreements_currency_check" check (currency ~ '^[A-Z]{3}$')`);
    this.addSql(
      `alter table "agreements" add constraint "agreements_reference_check" check (char_length(reference) >= 1 and char_length(reference) <= 100)`,
    );
    this.addSql(`alter table "agreements" add constraint "agreements_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(
      `alter table "agreements" add constraint "agreements_type_check" check ("type" in ('RECURRING', 'INSTALLMENT', 'UNSCHEDULED', 'OTHER'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_status_check" check ("status" in ('PENDING', 'ACTIVE', 'PAST_DUE', 'SUSPENDED', 'COMPLETED', 'CANCELED', 'EXPIRED'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_suspended_because_check" check ("suspended_because" in ('REQUESTED', 'RETRIES_EXHAUSTED', 'HARD_DECLINE', 'SCHEME_LIMIT', 'CREDENTIAL_UNUSABLE', 'FIRST_PAYMENT_UNDONE', 'PAYMENT_RETURNED', 'NOT_ALLOWED'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_amount_variability_check" check ("amount_variability" in ('FIXED', 'VARIABLE'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_frequency_check" check ("frequency" in ('AD_HOC', 'DAILY', 'WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'TWICE_YEARLY', 'YEARLY', 'OTHER'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_charge_mode_check" check ("charge_mode" in ('FIXED', 'RANGE', 'SEQUENCE'))`,
    );
    this.addSql(
      `alter table "agreements" add constraint "agreements_period_check" check ("period" in ('DAY', 'WEEK', 'MONTH', 'YEAR'))`,
    );
    this.addSql(`alter table "agreements" enable row level security`);
    this.addSql(`alter table "agreements" force row level security`);
    this.addSql(`create policy "agreements_system" on "agreements" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "agreements_tenant_policy" on "agreements" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "agreement_changes" add constraint "agreement_changes_kind_check" check ("kind" in ('CREATED', 'STATUS', 'TERMS', 'SCHEDULE', 'CHARGE_AMOUNT', 'CREDENTIAL', 'CHARGE_GIVEN_UP', 'PERIODS_SKIPPED', 'TOP_UP'))`,
    );
    this.addSql(`alter table "agreement_changes" enable row level security`);
    this.addSql(`alter table "agreement_changes" force row level security`);
    this.addSql(
      `create policy "agreement_changes_tenant_policy" on "agreement_changes" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_attempts_check" check (attempts >= 0 and declines >= 0 and technical_failures >= 0 and declines + technical_failures <= attempts)`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_finished_check" check ((status = 'OPEN') = (finished_at is null) and (status = 'OPEN' or retry_at is null))`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_kind_number_check" check ((number is not null) = (kind in ('SCHEDULED', 'FIRST_PART')))`,
    );
    this.addSql(`alter table "agreement_charges" add constraint "agreement_charges_number_check" check (number >= 1)`);
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_amount_check" check (amount_minor > 0)`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_kind_check" check ("kind" in ('SCHEDULED', 'FIRST_PART', 'EXTRA', 'TOP_UP', 'PAY_OFF'))`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_status_check" check ("status" in ('OPEN', 'PAID', 'FAILED'))`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_gave_up_because_check" check ("gave_up_because" in ('HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT', 'NOT_TO_BE_TRIED_AGAIN', 'NEXT_PERIOD_DUE', 'PAID_OFF', 'AGREEMENT_ENDED', 'RETURNED', 'CANCELED', 'DECLINED'))`,
    );
    this.addSql(
      `alter table "agreement_charges" add constraint "agreement_charges_give_up_as_check" check ("give_up_as" in ('HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT', 'NOT_TO_BE_TRIED_AGAIN', 'NEXT_PERIOD_DUE', 'PAID_OFF', 'AGREEMENT_ENDED', 'RETURNED', 'CANCELED', 'DECLINED'))`,
    );
    this.addSql(`alter table "agreement_charges" enable row level security`);
    this.addSql(`alter table "agreement_charges" force row level security`);
    this.addSql(
      `create policy "agreement_charges_tenant_policy" on "agreement_charges" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "payment_paces" enable row level security`);
    this.addSql(`alter table "payment_paces" force row level security`);
    this.addSql(
      `create policy "payment_paces_tenant_policy" on "payment_paces" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
  }
}
