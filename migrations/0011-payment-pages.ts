import { Migration } from '@mikro-orm/migrations';

/**
 * A payer may pay on a page of the payment system, which has an id of its own beside the payment's, and may choose
 * the payment system where nobody has chosen for them.
 */
export class Migration0011PaymentPages extends Migration {
  override up(): void {
    this.addSql(
      `alter table "orders" add "payer_language" text null, add "account_fixed" boolean not null default true, add constraint "orders_payer_language_check" check ("payer_language" in ('en', 'ro', 'ru'))`,
    );
    this.addSql('alter table "transactions" add "page_external_id" text null');
    this.addSql(
      `create unique index "transactions_page" on "transactions" ("operator_id", "page_external_id") where page_external_id is not null`,
    );
  }
}
