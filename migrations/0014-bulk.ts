import { Migration } from '@mikro-orm/migrations';

/** child (columns) → parent (keys): with the operator, and what is of an operation is of its merchant, mode and kind. */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['bulk_operations', 'merchant_id', 'merchants', 'id'],
  ['bulk_operations', 'api_key_id', 'api_keys', 'id'],
  ['bulk_references', 'merchant_id, mode, kind, operation_id', 'bulk_operations', 'merchant_id, mode, kind, id'],
];

/** Files of many rows, each row with what came of it, and which row has a merchant's reference. */
export class Migration0014Bulk extends Migration {
  override up(): void {
    this.addSql(
      `create table "bulk_operations" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "kind" text not null, "status" text not null, "is_dry_run" boolean not null, "api_key_id" uuid not null, "file_name" text null, "header" text[] null, "separator" text null, "sha256" text null, "row_count" int not null default 0, "succeeded" int not null default 0, "repeated" int not null default 0, "failed" int not null default 0, "canceled" int not null default 0, "file_faults" jsonb null, "rows_per_second" double precision null, "progressed_at" timestamptz null, "progressed_rows" int not null default 0, "upload_url_until" timestamptz null, "upload_until" timestamptz null, "due_at" timestamptz null, "lease_token" uuid null, "lease_until" timestamptz null, "created_at" timestamptz not null, "received_at" timestamptz null, "finished_at" timestamptz null, "forgotten_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "bulk_operations_due" on "bulk_operations" ("due_at") where due_at is not null`);
    this.addSql(
      `create index "bulk_operations_uploads" on "bulk_operations" ("upload_until") where upload_until is not null`,
    );
    this.addSql(
      `create index "bulk_operations_unforgotten" on "bulk_operations" ("operator_id", "finished_at") where finished_at is not null and forgotten_at is null`,
    );
    this.addSql(
      `create index "bulk_operations_by_merchant" on "bulk_operations" ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(`create index "bulk_operations_by_mode" on "bulk_operations" ("operator_id", "mode", "id")`);
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "kind", "id")`,
    );
    this.addSql(
      `create table "bulk_references" ("operator_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "kind" text not null, "reference" text not null, "operation_id" uuid not null, "line" int not null, "digest" text not null, "begun_at" timestamptz not null, "is_done" boolean not null, primary key ("operator_id", "merchant_id", "mode", "kind", "reference"))`,
    );
    this.addSql(
      `create index "bulk_references_begun" on "bulk_references" ("operator_id", "operation_id", "line") where not is_done`,
    );
    this.addSql(
      `create table "bulk_rows" ("operator_id" uuid not null, "operation_id" uuid not null, "line" int not null, "cells" text[] null, "reference" text null, "outcome" text not null, "problem" jsonb null, "agreement_id" uuid null, "order_id" uuid null, "finished_at" timestamptz null, primary key ("operator_id", "operation_id", "line"))`,
    );
    this.addSql(
      `create index "bulk_rows_pending" on "bulk_rows" ("operator_id", "operation_id", "line") where outcome = 'PENDING'`,
    );
    this.addSql(
      `create index "bulk_rows_not_succeeded" on "bulk_rows" ("operator_id", "operation_id", "outcome", "line") where outcome in ('REPEATED', 'FAILED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_finished_check" check ((status in ('COMPLETED', 'CANCELED', 'REFUSED')) = (finished_at is not null) and (finished_at is null or succeeded + repeated + failed + canceled = row_count) and (status <> 'COMPLETED' or canceled = 0))`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_upload_check" check ((status <> 'AWAITING_FILE' or upload_url_until is not null and upload_until is not null) and (status <> 'RECEIVING' or lease_token is not null and upload_until is not null))`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_file_check" check (status in ('AWAITING_FILE', 'RECEIVING', 'REFUSED', 'CANCELED') or header is not null and sha256 is not null)`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_counts_check" check (row_count >= 0 and succeeded >= 0 and repeated >= 0 and failed >= 0 and canceled >= 0 and succeeded + repeated + failed + canceled <= row_count)`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_lease_check" check ((lease_token is null) = (lease_until is null))`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_kind_check" check ("kind" in ('CREATE_AGREEMENTS', 'CHARGE_AGREEMENTS', 'UPDATE_AGREEMENTS'))`,
    );
    this.addSql(
      `alter table "bulk_operations" add constraint "bulk_operations_status_check" check ("status" in ('AWAITING_FILE', 'RECEIVING', 'RUNNING', 'PAUSED', 'CANCELING', 'COMPLETED', 'CANCELED', 'REFUSED'))`,
    );
    this.addSql(`alter table "bulk_operations" enable row level security`);
    this.addSql(`alter table "bulk_operations" force row level security`);
    this.addSql(
      `create policy "bulk_operations_system" on "bulk_operations" for select to "quittance_system" using (true)`,
    );
    this.addSql(
      `create policy "bulk_operations_tenant_policy" on "bulk_operations" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "bulk_references" add constraint "bulk_references_kind_check" check (kind in ('CREATE_AGREEMENTS', 'CHARGE_AGREEMENTS', 'UPDATE_AGREEMENTS'))`,
    );
    this.addSql(
      `alter table "bulk_references" add constraint "bulk_references_mode_check" check (mode in ('TEST', 'LIVE'))`,
    );
    this.addSql(`alter table "bulk_references" enable row level security`);
    this.addSql(`alter table "bulk_references" force row level security`);
    this.addSql(
      `create policy "bulk_references_tenant_policy" on "bulk_references" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "bulk_rows" add constraint "bulk_rows_cells_check" check (cells is not null or outcome <> 'PENDING')`,
    );
    this.addSql(
      `alter table "bulk_rows" add constraint "bulk_rows_outcome_of_failure_check" check ((outcome = 'FAILED') = (problem is not null))`,
    );
    this.addSql(`alter table "bulk_rows" add constraint "bulk_rows_line_check" check (line >= 2)`);
    this.addSql(
      `alter table "bulk_rows" add constraint "bulk_rows_outcome_check" check ("outcome" in ('PENDING', 'SUCCEEDED', 'REPEATED', 'FAILED', 'CANCELED'))`,
    );
    this.addSql(`alter table "bulk_rows" enable row level security`);
    this.addSql(`alter table "bulk_rows" force row level security`);
    this.addSql(
      `create policy "bulk_rows_tenant_policy" on "bulk_rows" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    for (const [child, columns, parent, keys] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})`,
      );
    }
    // No reference from each row to its operation: a million look-ups beside a `copy`. Rows are only written with it in hand.
    this.addSql('grant select, insert, update on bulk_operations to quittance_app');
    this.addSql('grant select, insert, update, delete on bulk_rows, bulk_references to quittance_app');
    // An upload that was cut off is undone as if it had never been begun.
    this.addSql('grant delete on bulk_operations to quittance_app');
    this.addSql('grant select (operator_id, id, due_at, upload_until) on bulk_operations to quittance_system');
  }
}
