import { Migration } from '@mikro-orm/migrations';

/** What of an order's money its invoice counts, and whether a bank account was debited for it, which may come back. */
export class Migration0016WhatInvoicesTake extends Migration {
  override up(): void {
    this.addSql(
      `alter table "orders" add "by_debit" boolean not null default false, add "invoice_taken_minor" bigint not null default '0', add "invoice_spare_minor" bigint not null default '0'`,
    );
  }
}
