import { Migration } from '@mikro-orm/migrations';

/** child (columns) → parent (keys): with the operator, and all of an invoice is of its merchant and mode. */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['invoices', 'merchant_id', 'merchants', 'id'],
  ['invoices', 'payer_id', 'payers', 'id'],
  ['invoices', 'merchant_id, mode, agreement_id', 'agreements', 'merchant_id, mode, id'],
  ['invoices', 'order_id', 'orders', 'id'],
  ['orders', 'merchant_id, mode, invoice_id', 'invoices', 'merchant_id, mode, id'],
  ['invoice_items', 'merchant_id, mode, invoice_id', 'invoices', 'merchant_id, mode, id'],
  ['invoice_series', 'merchant_id', 'merchants', 'id'],
  ['credit_notes', 'merchant_id, mode, invoice_id', 'invoices', 'merchant_id, mode, id'],
  ['credit_notes', 'operation_id', 'operations', 'id'],
  ['credit_note_lines', 'credit_note_id', 'credit_notes', 'id'],
  ['credit_note_lines', 'item_id', 'invoice_items', 'id'],
  ['payer_credits', 'payer_id', 'payers', 'id'],
  ['payer_credit_entries', 'payer_id, currency', 'payer_credits', 'payer_id, currency'],
  ['payer_credit_entries', 'credit_note_id', 'credit_notes', 'id'],
  ['payer_credit_entries', 'invoice_id', 'invoices', 'id'],
];

const RAISE = (message: string) => `
    raise check_violation using message = ${message},
      constraint = tg_name, table = tg_table_name, schema = tg_table_schema;`;

/** Items come and go while their invoice is a draft; who closes it waits for them, and who comes after it is refused. */
const ITEMS_OF_DRAFTS = `
  create function invoice_items_are_of_drafts() returns trigger language plpgsql as $$
  declare
    item invoice_items := case when tg_op = 'DELETE' then old else new end;
  begin
    perform from invoices where operator_id = item.operator_id and id = item.invoice_id and status = 'DRAFT' for share;
    if not found then ${RAISE(`format('invoice %s is not a draft', item.invoice_id)`)}
    end if;
    return item;
  end $$`;

/** What a closed invoice comes to is what its items come to, and its number is one that its series has given out. */
const CLOSED_IS_ITS_ITEMS = `
  create function invoices_are_their_items() returns trigger language plpgsql as $$ begin
    if (select (coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0), count(*))
        is distinct from (new.subtotal_minor::numeric, new.tax_minor::numeric, new.item_count::bigint)
        from invoice_items where operator_id = new.operator_id and invoice_id = new.id)
    then ${RAISE(`format('invoice %s is not the sum of its items', new.id)`)}
    end if;
    if not exists (select from invoice_series where operator_id = new.operator_id and merchant_id = new.merchant_id
      and mode = new.mode and kind = 'INVOICE' and last_number >= new.number)
    then ${RAISE(`format('number %s of invoice %s is not of its series', new.number, new.id)`)}
    end if;
    return null;
  end $$`;

/** What was closed is what the payer was sent. */
const CLOSED_STAYS = `
  create function invoices_stay_closed() returns trigger language plpgsql as $$ begin
    if (old.merchant_id, old.mode, old.payer_id, old.currency, old.month, old.time_zone, old.number, old.issued_on,
        old.subtotal_minor, old.tax_minor, old.item_count, old.closed_at) is distinct from
       (new.merchant_id, new.mode, new.payer_id, new.currency, new.month, new.time_zone, new.number, new.issued_on,
        new.subtotal_minor, new.tax_minor, new.item_count, new.closed_at)
    then ${RAISE(`format('invoice %s was closed', old.id)`)}
    end if;
    return new;
  end $$`;

/** Every number that a series has given out is there: none is missing, whoever rolled back. */
const NO_GAPS = `
  create function invoice_series_has_no_gaps() returns trigger language plpgsql as $$
  declare
    before integer := case when tg_op = 'INSERT' then 0 else old.last_number end;
    taken bigint;
  begin
    if new.kind = 'INVOICE' then
      select count(*) into taken from invoices where operator_id = new.operator_id and merchant_id = new.merchant_id
        and mode = new.mode and number > before and number <= new.last_number;
    else
      select count(*) into taken from credit_notes where operator_id = new.operator_id and merchant_id = new.merchant_id
        and mode = new.mode and number > before and number <= new.last_number;
    end if;
    if taken <> new.last_number - before then ${RAISE(`format('numbers between %s and %s are missing', before, new.last_number)`)}
    end if;
    return null;
  end $$`;

/**
 * A note is the sum of its lines, and its number is its series'; all notes of an item together take back no more than
 * it was. Those whose refund failed took back nothing, so that it can be taken back anew.
 */
const NOTES_ADD_UP = `
  create function credit_notes_add_up() returns trigger language plpgsql as $$ begin
    if (select (coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0)) is distinct from (new.net_minor::numeric, new.tax_minor::numeric)
        from credit_note_lines where operator_id = new.operator_id and credit_note_id = new.id)
    then ${RAISE(`format('credit note %s is not the sum of its lines', new.id)`)}
    end if;
    if exists (
      select from credit_note_lines mine
      join invoice_items i on i.operator_id = mine.operator_id and i.id = mine.item_id
      where mine.operator_id = new.operator_id and mine.credit_note_id = new.id and (
        i.invoice_id <> new.invoice_id
        or exists (
          select from credit_note_lines l join credit_notes n on n.operator_id = l.operator_id and n.id = l.credit_note_id
          where l.operator_id = i.operator_id and l.item_id = i.id and n.status <> 'FAILED'
          having sum(l.net_minor) > i.net_minor or sum(l.tax_minor) > i.tax_minor)))
    then ${RAISE(`format('credit note %s takes back more than there was', new.id)`)}
    end if;
    if not exists (select from invoice_series where operator_id = new.operator_id and merchant_id = new.merchant_id
      and mode = new.mode and kind = 'CREDIT_NOTE' and last_number >= new.number)
    then ${RAISE(`format('number %s of credit note %s is not of its series', new.number, new.id)`)}
    end if;
    return null;
  end $$`;

/** What was issued is what the payer was sent: only where its money is may change, and a refund that failed has ended. */
const NOTES_STAY = `
  create function credit_notes_stay() returns trigger language plpgsql as $$ begin
    if (old.invoice_id, old.merchant_id, old.mode, old.number, old.currency, old.net_minor, old.tax_minor, old.total_minor,
        old.reason, old.settlement, old.operation_id, old.issued_on) is distinct from
       (new.invoice_id, new.merchant_id, new.mode, new.number, new.currency, new.net_minor, new.tax_minor, new.total_minor,
        new.reason, new.settlement, new.operation_id, new.issued_on) or old.status = 'FAILED'
    then ${RAISE(`format('credit note %s was issued', old.id)`)}
    end if;
    return new;
  end $$`;

/** Lines come with their note: it is still what they add up to, whoever adds one to an old note. */
const LINES_ADD_UP = `
  create function credit_note_lines_add_up() returns trigger language plpgsql as $$ begin
    if (select (coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0)) from credit_note_lines
        where operator_id = new.operator_id and credit_note_id = new.credit_note_id) is distinct from
       (select (net_minor::numeric, tax_minor::numeric) from credit_notes
        where operator_id = new.operator_id and id = new.credit_note_id)
    then ${RAISE(`format('credit note %s is not the sum of its lines', new.credit_note_id)`)}
    end if;
    return null;
  end $$`;

/** A payer's credit is the sum of its entries. */
const CREDIT_IS_ITS_ENTRIES = `
  create function payer_credit_is_its_entries() returns trigger language plpgsql as $$ begin
    if (select balance_minor from payer_credits
        where operator_id = new.operator_id and payer_id = new.payer_id and currency = new.currency) is distinct from
       (select coalesce(sum(amount_minor), 0) from payer_credit_entries
        where operator_id = new.operator_id and payer_id = new.payer_id and currency = new.currency)
    then ${RAISE(`format('the credit of payer %s is not the sum of its entries', new.payer_id)`)}
    end if;
    return null;
  end $$`;

const AT_COMMIT = 'deferrable initially deferred for each row';

const TRIGGERS = [
  ITEMS_OF_DRAFTS,
  CLOSED_IS_ITS_ITEMS,
  CLOSED_STAYS,
  NO_GAPS,
  NOTES_ADD_UP,
  NOTES_STAY,
  LINES_ADD_UP,
  CREDIT_IS_ITS_ENTRIES,
  `create trigger invoice_items_of_drafts before insert or update or delete on invoice_items
   for each row execute function invoice_items_are_of_drafts()`,
  `create constraint trigger invoices_closed_is_items after insert or update of number on invoices
   ${AT_COMMIT} when (new.number is not null) execute function invoices_are_their_items()`,
  `create trigger invoices_closed_stays before update on invoices
   for each row when (old.number is not null) execute function invoices_stay_closed()`,
  `create constraint trigger invoice_series_no_gaps after insert or update on invoice_series
   ${AT_COMMIT} execute function invoice_series_has_no_gaps()`,
  `create constraint trigger credit_notes_add_up after insert on credit_notes
   ${AT_COMMIT} execute function credit_notes_add_up()`,
  `create trigger credit_notes_stay before update on credit_notes for each row execute function credit_notes_stay()`,
  `create constraint trigger credit_note_lines_add_up after insert on credit_note_lines
   ${AT_COMMIT} execute function credit_note_lines_add_up()`,
  `create constraint trigger payer_credit_entries_sum after insert on payer_credit_entries
   ${AT_COMMIT} execute function payer_credit_is_its_entries()`,
  `create constraint trigger payer_credits_sum after insert or update on payer_credits
   ${AT_COMMIT} execute function payer_credit_is_its_entries()`,
];

/**
 * Invoices with their items, credit notes and what payers have in hand; what keeps them true is here and not in the
 * program alone. Orders say which invoice they pay, and merchants how long their payers have.
 */
export class Migration0015Invoices extends Migration {
  override up(): void {
    this.addSql(
      `create table "credit_notes" ("operator_id" uuid not null, "id" uuid not null, "invoice_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "number" int not null, "currency" text not null, "net_minor" bigint not null, "tax_minor" bigint not null, "total_minor" bigint not null, "reason" text not null, "settlement" text not null, "status" text not null, "operation_id" uuid null, "issued_on" date not null, "created_at" timestamptz not null, "finished_at" timestamptz null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "credit_notes_operation_unique" on "credit_notes" ("operator_id", "operation_id") where operation_id is not null`,
    );
    this.addSql(`create index "credit_notes_of_invoice" on "credit_notes" ("operator_id", "invoice_id", "id")`);
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_number_unique" unique ("operator_id", "merchant_id", "mode", "number")`,
    );
    this.addSql(
      `create table "credit_note_lines" ("operator_id" uuid not null, "id" uuid not null, "credit_note_id" uuid not null, "item_id" uuid not null, "net_minor" bigint not null, "tax_minor" bigint not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(`create index "credit_note_lines_of_item" on "credit_note_lines" ("operator_id", "item_id")`);
    this.addSql(
      `create index "credit_note_lines_of_note" on "credit_note_lines" ("operator_id", "credit_note_id", "id")`,
    );
    this.addSql(
      `create table "invoices" ("operator_id" uuid not null, "id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "payer_id" uuid not null, "currency" text not null, "status" text not null, "month" date not null, "time_zone" text not null, "number" int null, "title" text not null, "issued_on" date null, "due_on" date null, "subtotal_minor" bigint not null default '0', "tax_minor" bigint not null default '0', "total_minor" bigint not null default '0', "item_count" int not null default 0, "totals_at" timestamptz not null, "stale_since" timestamptz null, "credit_applied_minor" bigint not null default '0', "credited_minor" bigint not null default '0', "paid_minor" bigint not null default '0', "refunded_minor" bigint not null default '0', "agreement_id" uuid null, "order_id" uuid null, "paid_outside" text null, "attempts" int not null default 0, "declines" int not null default 0, "technical_failures" int not null default 0, "first_failed_at" timestamptz null, "retry_at" timestamptz null, "decline_code" text null, "charge_stop" text null, "charge_stop_detail" text null, "due_at" timestamptz null, "close_at" timestamptz not null, "closed_at" timestamptz null, "paid_at" timestamptz null, "voided_at" timestamptz null, "uncollectible_at" timestamptz null, "created_at" timestamptz not null, "updated_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create index "invoices_stale" on "invoices" ("operator_id", "stale_since") where stale_since is not null`,
    );
    this.addSql(`create index "invoices_due" on "invoices" ("operator_id", "due_at") where due_at is not null`);
    this.addSql(
      `create index "invoices_by_month" on "invoices" ("operator_id", "mode", "month", "currency", "status")`,
    );
    this.addSql(`create index "invoices_by_payer" on "invoices" ("operator_id", "payer_id", "id")`);
    this.addSql(`create index "invoices_by_mode" on "invoices" ("operator_id", "mode", "id")`);
    this.addSql(
      `create unique index "invoices_one_draft" on "invoices" ("operator_id", "payer_id", "currency", "month") where status = 'DRAFT'`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_of_merchant_unique" unique ("operator_id", "merchant_id", "mode", "id")`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_number_unique" unique ("operator_id", "merchant_id", "mode", "number")`,
    );
    this.addSql(
      `create table "invoice_items" ("operator_id" uuid not null, "id" uuid not null, "invoice_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "description" text not null, "date" date not null, "quantity" numeric(18,6) not null, "unit_price" numeric(24,8) not null, "tax_rate" numeric(7,4) null, "net_minor" bigint not null, "tax_minor" bigint not null, "reference" text null, "metadata" jsonb not null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "invoice_items_reference_unique" on "invoice_items" ("operator_id", "merchant_id", "mode", "reference") where reference is not null`,
    );
    this.addSql(`create index "invoice_items_of_invoice" on "invoice_items" ("operator_id", "invoice_id", "id")`);
    this.addSql(
      `create table "invoice_series" ("operator_id" uuid not null, "merchant_id" uuid not null, "mode" text not null, "kind" text not null, "last_number" int not null, primary key ("operator_id", "merchant_id", "mode", "kind"))`,
    );
    this.addSql(
      `create table "payer_credits" ("operator_id" uuid not null, "payer_id" uuid not null, "currency" text not null, "balance_minor" bigint not null, primary key ("operator_id", "payer_id", "currency"))`,
    );
    this.addSql(
      `create table "payer_credit_entries" ("operator_id" uuid not null, "id" uuid not null, "payer_id" uuid not null, "currency" text not null, "amount_minor" bigint not null, "credit_note_id" uuid null, "invoice_id" uuid null, "created_at" timestamptz not null, primary key ("operator_id", "id"))`,
    );
    this.addSql(
      `create unique index "payer_credit_entries_invoice_unique" on "payer_credit_entries" ("operator_id", "invoice_id", (amount_minor > 0)) where invoice_id is not null`,
    );
    this.addSql(
      `create unique index "payer_credit_entries_note_unique" on "payer_credit_entries" ("operator_id", "credit_note_id") where credit_note_id is not null`,
    );
    this.addSql(
      `create index "payer_credit_entries_of_payer" on "payer_credit_entries" ("operator_id", "payer_id", "currency", "id")`,
    );
    this.addSql(`alter table "merchants" add "invoice_due_days" int not null default 14`);
    this.addSql(
      `alter table "merchants" add constraint "merchants_invoice_due_days_check" check (invoice_due_days >= 0 and invoice_due_days <= 365)`,
    );
    this.addSql(`alter table "orders" add "invoice_id" uuid null`);
    this.addSql(
      `create index "orders_by_invoice" on "orders" ("operator_id", "invoice_id", "id") where invoice_id is not null`,
    );
    this.addSql(
      `create unique index "orders_invoice_held" on "orders" ("operator_id", "invoice_id") where invoice_id is not null and not charge_released and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_reason_check" check (char_length(reason) >= 1 and char_length(reason) <= 500)`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_settled_check" check ((status = 'PENDING') = (finished_at is null) and (settlement = 'REFUND' or status = 'SETTLED') and (operation_id is null or settlement = 'REFUND'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_amounts_check" check (net_minor >= 0 and tax_minor >= 0 and total_minor > 0 and total_minor = net_minor + tax_minor)`,
    );
    this.addSql(`alter table "credit_notes" add constraint "credit_notes_number_check" check (number >= 1)`);
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_settlement_check" check ("settlement" in ('AMOUNT_DUE', 'REFUND', 'BALANCE'))`,
    );
    this.addSql(
      `alter table "credit_notes" add constraint "credit_notes_status_check" check ("status" in ('PENDING', 'SETTLED', 'FAILED'))`,
    );
    this.addSql(`alter table "credit_notes" enable row level security`);
    this.addSql(`alter table "credit_notes" force row level security`);
    this.addSql(
      `create policy "credit_notes_tenant_policy" on "credit_notes" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "credit_note_lines" add constraint "credit_note_lines_amounts_check" check (net_minor >= 0 and tax_minor >= 0 and net_minor + tax_minor > 0)`,
    );
    this.addSql(`alter table "credit_note_lines" enable row level security`);
    this.addSql(`alter table "credit_note_lines" force row level security`);
    this.addSql(
      `create policy "credit_note_lines_tenant_policy" on "credit_note_lines" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_tries_check" check (attempts >= 0 and declines >= 0 and technical_failures >= 0)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_ended_check" check ((status = 'VOID') = (voided_at is not null) and (status <> 'UNCOLLECTIBLE' or uncollectible_at is not null))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_paid_check" check ((status = 'PAID') = (paid_at is not null) and (status <> 'PAID' or credit_applied_minor + credited_minor + paid_minor = total_minor))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_amounts_add_up" check (subtotal_minor >= 0 and tax_minor >= 0 and total_minor = subtotal_minor + tax_minor and credit_applied_minor >= 0 and credited_minor >= 0 and paid_minor >= 0 and refunded_minor >= 0 and refunded_minor <= paid_minor and credit_applied_minor + credited_minor + paid_minor <= total_minor)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_closed_check" check ((closed_at is null) = (issued_on is null) and (closed_at is null) = (due_on is null) and due_on >= issued_on)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_number_check" check ((number is null) = (closed_at is null) and (status <> 'DRAFT' or number is null) and (number is not null or status in ('DRAFT', 'VOID')) and number >= 1)`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_title_check" check (char_length(title) >= 1 and char_length(title) <= 200)`,
    );
    this.addSql(`alter table "invoices" add constraint "invoices_month_check" check (extract(day from month) = 1)`);
    this.addSql(`alter table "invoices" add constraint "invoices_currency_check" check (currency ~ '^[A-Z]{3}$')`);
    this.addSql(`alter table "invoices" add constraint "invoices_mode_check" check ("mode" in ('TEST', 'LIVE'))`);
    this.addSql(
      `alter table "invoices" add constraint "invoices_status_check" check ("status" in ('DRAFT', 'OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE'))`,
    );
    this.addSql(
      `alter table "invoices" add constraint "invoices_charge_stop_check" check ("charge_stop" in ('NO_AGREEMENT', 'REFUSED_BY_TERMS', 'HARD_DECLINE', 'RETRIES_EXHAUSTED', 'SCHEME_LIMIT', 'CREDENTIAL_UNUSABLE', 'CANCELED', 'RETURNED'))`,
    );
    this.addSql(`alter table "invoices" enable row level security`);
    this.addSql(`alter table "invoices" force row level security`);
    this.addSql(`create policy "invoices_system" on "invoices" for select to "quittance_system" using (true)`);
    this.addSql(
      `create policy "invoices_tenant_policy" on "invoices" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_description_check" check (char_length(description) >= 1 and char_length(description) <= 500)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_tax_check" check (tax_rate is null and tax_minor = 0 or tax_rate is not null and tax_rate >= 0 and tax_rate <= 100)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_amounts_check" check (net_minor >= 0 and tax_minor >= 0)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_quantity_check" check (quantity > 0 and unit_price >= 0)`,
    );
    this.addSql(
      `alter table "invoice_items" add constraint "invoice_items_mode_check" check ("mode" in ('TEST', 'LIVE'))`,
    );
    this.addSql(`alter table "invoice_items" enable row level security`);
    this.addSql(`alter table "invoice_items" force row level security`);
    this.addSql(
      `create policy "invoice_items_tenant_policy" on "invoice_items" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "invoice_series" add constraint "invoice_series_kind_check" check (kind in ('INVOICE', 'CREDIT_NOTE'))`,
    );
    this.addSql(
      `alter table "invoice_series" add constraint "invoice_series_mode_check" check (mode in ('TEST', 'LIVE'))`,
    );
    this.addSql(`alter table "invoice_series" add constraint "invoice_series_last_check" check (last_number >= 0)`);
    this.addSql(`alter table "invoice_series" enable row level security`);
    this.addSql(`alter table "invoice_series" force row level security`);
    this.addSql(
      `create policy "invoice_series_tenant_policy" on "invoice_series" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payer_credits" add constraint "payer_credits_currency_check" check (currency ~ '^[A-Z]{3}$')`,
    );
    this.addSql(`alter table "payer_credits" add constraint "payer_credits_balance_check" check (balance_minor >= 0)`);
    this.addSql(`alter table "payer_credits" enable row level security`);
    this.addSql(`alter table "payer_credits" force row level security`);
    this.addSql(
      `create policy "payer_credits_tenant_policy" on "payer_credits" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    this.addSql(
      `alter table "payer_credit_entries" add constraint "payer_credit_entries_cause_check" check (amount_minor <> 0 and num_nonnulls(credit_note_id, invoice_id) = 1 and (credit_note_id is null or amount_minor > 0))`,
    );
    this.addSql(`alter table "payer_credit_entries" enable row level security`);
    this.addSql(`alter table "payer_credit_entries" force row level security`);
    this.addSql(
      `create policy "payer_credit_entries_tenant_policy" on "payer_credit_entries" using ("operator_id" = current_setting('quittance.operator_id')::uuid)`,
    );
    for (const [child, columns, parent, keys] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})`,
      );
    }
    for (const sql of TRIGGERS) this.addSql(sql);
    this.addSql(
      'grant select, insert, update on invoices, invoice_series, credit_notes, payer_credits to quittance_app',
    );
    this.addSql('grant select, insert, delete on invoice_items to quittance_app');
    this.addSql('grant select, insert on credit_note_lines, payer_credit_entries to quittance_app');
    this.addSql('grant select (operator_id, id, mode, due_at, stale_since) on invoices to quittance_system');
  }
}
