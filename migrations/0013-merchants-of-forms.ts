import { Migration } from '@mikro-orm/migrations';

/**
 * A shop's payment form names its merchant and nobody else. Whose merchant that is must be known before the operator
 * is, as with keys and webhooks; nothing else of it is.
 */
export class Migration0013MerchantsOfForms extends Migration {
  override up(): void {
    this.addSql(`create policy "merchants_system" on "merchants" for select to "quittance_system" using (true)`);
    // Ids are unique by chance, not by a constraint; without the operator no other index would find one.
    this.addSql(`create index "merchants_by_id" on "merchants" ("id")`);
    this.addSql('grant select (operator_id, id) on merchants to quittance_system');
  }
}
