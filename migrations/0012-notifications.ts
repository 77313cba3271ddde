import { Migration } from '@mikro-orm/migrations';

/** child (columns) → parent (keys): with the operator, and a notification is of its endpoint's merchant and mode. */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['notification_endpoints', 'merchant_id', 'merchants', 'id'],
  ['notifications', 'merchant_id, mode, endpoint_id', 'notification_endpoints', 'merchant_id, mode, id'],
  ['notifications', 'order_id', 'orders', 'id'],
  ['notification_attempts', 'notification_id', 'notifications', 'id'],
];

const CHANGEABLE = ['notification_endpoints', 'notifications', 'notification_cursors'];

/** What the system role reads across operators: whose queue is due, and how much waits. */
const SYSTEM_READS = [
  'notification_endpoints (operator_id, id, merchant_id, status, due_at)',
  'notifications (operator_id, status, due_at)',
  'notification_cursors (operator_id, transaction_id, sequence)',
];

/**
 * Notifications with their attempts, the endpoints they wait for, and how far each operator's log has been turned into
 * them. Merchants are told of what happens from now on, not of an operator's whole history.
 */
export class Migration0012Notifications extends Migration {
  override up(): void {
    this.addSql(
      `create table "notifications" ("operator_id" uuid not null, "id" uuid not null, "endpoint_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "order_id" uuid null, "group_id" uuid not null, "event_sequence" bigint null, "type" text not null, "url" text not null, "format" text not null, "body" text not null, "status" text not null, "attempts" int not null default 0, "tries" int not null default 0, "first_tried_at" timestamptz null, "last_started_at" timestamptz null, "last_duration_ms" int null, "last_outcome" text null, "last_http_status" int null, "ready_at" timestamptz null, "due_at" timestamptz null, "occurred_at" timestamptz not null, "created_at" timestamptz not null, "delivered_at" timestamptz null, "given_up_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "notifications_by_time" on "notifications" ("operator_id", "merchant_id", "mode", "created_at")`,
    );
    this.addSql(
      `create index "notifications_of_merchant" on "notifications" ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `create index "notifications_of_order" on "notifications" ("operator_id", "order_id", "id") where order_id is not null`,
    );
    this.addSql(
      `create index "notifications_of_group" on "notifications" ("operator_id", "endpoint_id", "group_id", "event_sequence") where status = 'PENDING'`,
    );
    this.addSql(
      `create index "notifications_ready" on "notifications" ("operator_id", "endpoint_id", "ready_at") where status = 'PENDING' and due_at is not null`,
    );
    this.addSql(
      `create index "notifications_due" on "notifications" ("operator_id", "endpoint_id", "due_at") where status = 'PENDING' and due_at is not null`,
    );
    this.addSql(
      `create unique index "notifications_one_head" on "notifications" ("operator_id", "endpoint_id", "group_id") where status = 'PENDING' and due_at is not null`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_event_unique" unique ("operator_id", "event_sequence")`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_last_outcome_check" check ("last_outcome" in ('DELIVERED', 'NOT_OK', 'TIMED_OUT', 'ADDRESS_REFUSED', 'NAME_NOT_FOUND', 'CONNECTION_FAILED', 'TLS_FAILED', 'TOO_LARGE', 'NOT_HTTP'))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_last_try_check" check (num_nulls(last_started_at, last_duration_ms, last_outcome) = (case when attempts = 0 then 3 else 0 end) and (last_duration_ms is null or last_duration_ms >= 0) and (last_http_status is null or attempts > 0))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_tries_check" check (tries >= 0 and tries <= attempts)`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_readiness_check" check ((due_at is null) = (ready_at is null) and (tries = 0) = (first_tried_at is null))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_ending_check" check ((status = 'DELIVERED') = (delivered_at is not null) and (status = 'EXHAUSTED') = (given_up_at is not null) and (status = 'PENDING' or due_at is null))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_format_check" check ("format" in ('JSON', 'FORM'))`,
    );
    this.addSql(
      `alter table "notifications" add constraint "notifications_status_check" check ("status" in ('PENDING', 'DELIVERED', 'EXHAUSTED'))`,
    );
    this.addSql(
      `create table "notification_attempts" ("operator_id" uuid not null, "notification_id" uuid not null, "number" int not null, "started_at" timestamptz not null, "duration_ms" int not null, "outcome" text not null, "http_status" int null, primary key ("operator_id", "notification_id", "number"))`,
    );
    this.addSql(
      `alter table "notification_attempts" add constraint "notification_attempts_number_check" check (number >= 1 and duration_ms >= 0)`,
    );
    this.addSql(
      `alter table "notification_attempts" add constraint "notification_attempts_outcome_check" check ("outcome" in ('DELIVERED', 'NOT_OK', 'TIMED_OUT', 'ADDRESS_REFUSED', 'NAME_NOT_FOUND', 'CONNECTION_FAILED', 'TLS_FAILED', 'TOO_LARGE', 'NOT_HTTP'))`,
    );
    this.addSql(
      `create table "notification_cursors" ("operator_id" uuid not null, "transaction_id" xid8 not null, "sequence" bigint not null, primary key ("operator_id"))`,
    );
    this.addSql(
      `create table "notification_endpoints" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "origin" text not null, "is_notified" boolean not null default false, "status" text not null, "failures" int not null default 0, "failing_since" timestamptz null, "paused_until" timestamptz null, "due_at" timestamptz null, "lease_token" uuid null, "lease_until" timestamptz null, "last_delivered_at" timestamptz null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "notification_endpoints_due" on "notification_endpoints" ("due_at") where due_at is not null`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_origin_unique" unique ("operator_id", "merchant_id", "mode", "origin")`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_lease_check" check ((lease_token is null) = (lease_until is null))`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_health_check" check (failures >= 0 and (failing_since is not null or failures = 0) and (status = 'HEALTHY' or failing_since is not null) and (status <> 'HEALTHY' or paused_until is null))`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "notification_endpoints" add constraint "notification_endpoints_status_check" check ("status" in ('HEALTHY', 'FAILING', 'DEAD'))`,
    );
    this.addSql(`alter table "notifications" enable row level security`);
    this.addSql(`alter table "notifications" force row level security`);
    this.addSql(
      `create policy "notifications_system" on "notifications" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "notifications_tenant_policy" on "notifications" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "notification_attempts" enable row level security`);
    this.addSql(`alter table "notification_attempts" force row level security`);
    this.addSql(
      `create policy "notification_attempts_tenant_policy" on "notification_attempts" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "notification_cursors" enable row level security`);
    this.addSql(`alter table "notification_cursors" force row level security`);
    this.addSql(
      `create policy "notification_cursors_system" on "notification_cursors" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "notification_cursors_tenant_policy" on "notification_cursors" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(`alter table "notification_endpoints" enable row level security`);
    this.addSql(`alter table "notification_endpoints" force row level security`);
    this.addSql(
      `create policy "notification_endpoints_system" on "notification_endpoints" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "notification_endpoints_tenant_policy" on "notification_endpoints" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    for (const [child, columns, parent, keys] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})`,
      );
    }
    for (const table of CHANGEABLE) this.addSql(`grant select, insert, update on ${table} to quittance_app`);
    this.addSql('grant select, insert, delete on notification_attempts to quittance_app');
    this.addSql('grant delete on notifications to quittance_app');
    for (const table of SYSTEM_READS) {
      const [name, columns] = table.split(' (');
      this.addSql(`grant select (${columns} on ${name} to quittance_system`);
    }
    // The owner is held to the policies as well, and belongs to no operator.
    for (const table of ['operators', 'notification_cursors'])
      this.addSql(`alter table ${table} no force row level security`);
    this.addSql(
      `insert into notification_cursors (operator_id, transaction_id, sequence)
       select id, pg_snapshot_xmin(pg_current_snapshot()), 0 from operators`,
    );
    for (const table of ['operators', 'notification_cursors'])
      this.addSql(`alter table ${table} force row level security`);
  }
}
