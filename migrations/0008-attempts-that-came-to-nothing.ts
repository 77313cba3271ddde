import { Migration } from '@mikro-orm/migrations';

/**
 * A debit that the payer's bank took back leaves its charge owed, so another attempt at it must have room; and of the
 * tries of a card only those that came to nothing are limited.
 */
export class Migration0008AttemptsThatCameToNothing extends Migration {
  override up(): void {
    this.addSql('drop index "orders_charge_held"');
    this.addSql(
      `create unique index "orders_charge_held" on "orders" ("operator_id", "charge_id") where charge_id is not null and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
    );
    this.addSql('drop index "orders_tries_of_credential"');
    this.addSql(
      `create index "orders_tries_of_credential" on "orders" ("operator_id", "credential_id", "created_at") where charge_id is not null and status in ('DECLINED', 'EXPIRED')`,
    );
  }
}
