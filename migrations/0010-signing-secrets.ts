import { Migration } from '@mikro-orm/migrations';

/** What merchants and we sign messages to each other with; those that have ended are deleted, hence the grant. */
export class Migration0010SigningSecrets extends Migration {
  override up(): void {
    this.addSql(
      `create table "merchant_signing_secrets" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "secret_encrypted" text not null, "hint" text not null, "created_at" timestamptz not null, "expires_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "merchant_signing_secrets_current" on "merchant_signing_secrets" ("operator_id", "merchant_id", "mode") where expires_at is null`,
    );
    this.addSql(
      `create index "merchant_signing_secrets_of_merchant" on "merchant_signing_secrets" ("operator_id", "merchant_id", "mode")`,
    );
    this.addSql(
      `alter table "merchant_signing_secrets" add constraint "merchant_signing_secrets_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql('alter table "merchant_signing_secrets" enable row level security');
    this.addSql('alter table "merchant_signing_secrets" force row level security');
    this.addSql(
      `create policy "merchant_signing_secrets_tenant_policy" on "merchant_signing_secrets" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table merchant_signing_secrets add constraint merchant_signing_secrets_merchant_id_reference
       foreign key (operator_id, merchant_id) references merchants (operator_id, id)`,
    );
    this.addSql('grant select, insert, update, delete on merchant_signing_secrets to quittance_app');
  }
}
