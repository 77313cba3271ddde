import { Migration } from '@mikro-orm/migrations';

/** The attempts at a charge are read along an index; the one that holds it knows only what is live or paid. */
export class Migration0007OrdersByCharge extends Migration {
  override up(): void {
    this.addSql(
      `create index "orders_by_charge" on "orders" ("operator_id", "charge_id", "id") where charge_id is not null`,
    );
  }
}
