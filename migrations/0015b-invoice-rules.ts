import { Migration } from '@mikro-orm/migrations';

/** child (columns) → parent (keys): with the operator, and all of an invoice is of its merchant and mode. */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['invoices', 'merchant_id', 'merchants', 'id'],
  ['invoices', 'merchant_id, mode, payer_id', 'payers', 'merchant_id, mode, id'],
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
 * A note is of its invoice, and its number is its series'; all notes of an item together take back no more than
 * it was. Those whose refund failed took back nothing, so that it can be taken back anew. What an invoice says was
 * taken off what it owes is what its notes took off it. Not by nested loops: the items of a transaction that is under
 * way are in no statistics, and each of thousands would be compared with all others.
 */
const NOTES_ADD_UP = `
  create function credit_notes_add_up() returns trigger language plpgsql set enable_nestloop = off as $$
  declare
    others uuid[];
  begin
    if (select (coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0)) is distinct from (new.net_minor::numeric, new.tax_minor::numeric)
        from credit_note_lines where operator_id = new.operator_id and credit_note_id = new.id)
    then ${RAISE(`format('credit note %s is not the sum of its lines', new.id)`)}
    end if;
    select array_agg(id) into others from credit_notes
      where operator_id = new.operator_id and invoice_id = new.invoice_id and status <> 'FAILED';
    if exists (
      select from (select item_id, sum(net_minor) as net, sum(tax_minor) as tax from credit_note_lines
        where operator_id = new.operator_id and credit_note_id = any (others) group by item_id) taken
      left join (select id, net_minor, tax_minor from invoice_items
        where operator_id = new.operator_id and invoice_id = new.invoice_id) i on i.id = taken.item_id
      where i.id is null or taken.net > i.net_minor or taken.tax > i.tax_minor)
    then ${RAISE(`format('credit note %s takes back more than there was', new.id)`)}
    end if;
    if not exists (select from invoice_series where operator_id = new.operator_id and merchant_id = new.merchant_id
      and mode = new.mode and kind = 'CREDIT_NOTE' and last_number >= new.number)
    then ${RAISE(`format('number %s of credit note %s is not of its series', new.number, new.id)`)}
    end if;
    if not exists (select from invoices i where i.operator_id = new.operator_id and i.id = new.invoice_id
      and i.currency = new.currency and i.credited_minor = (select coalesce(sum(total_minor), 0) from credit_notes
        where operator_id = new.operator_id and invoice_id = new.invoice_id and settlement = 'AMOUNT_DUE'))
    then ${RAISE(`format('credit note %s is not of its invoice', new.id)`)}
    end if;
    return null;
  end $$`;

/** What was issued is what the payer was sent: only where its money is may change, and that ends once. */
const NOTES_STAY = `
  create function credit_notes_stay() returns trigger language plpgsql as $$ begin
    if (old.invoice_id, old.merchant_id, old.mode, old.number, old.currency, old.net_minor, old.tax_minor, old.total_minor,
        old.reason, old.settlement, old.operation_id, old.issued_on) is distinct from
       (new.invoice_id, new.merchant_id, new.mode, new.number, new.currency, new.net_minor, new.tax_minor, new.total_minor,
        new.reason, new.settlement, new.operation_id, new.issued_on) or old.status = 'FAILED'
      or old.status <> 'PENDING' and new.status = 'PENDING'
    then ${RAISE(`format('credit note %s was issued', old.id)`)}
    end if;
    return new;
  end $$`;

/** A note's lines come all at once: it is what they add up to, whoever adds one to an old note. Once for all, or a long note would be added up once a line. */
const LINES_ADD_UP = `
  create function credit_note_lines_add_up() returns trigger language plpgsql as $$
  declare
    wrong uuid;
  begin
    select n.id into wrong from (select distinct operator_id, credit_note_id as id from added) d
      join credit_notes n on n.operator_id = d.operator_id and n.id = d.id
      where (select (coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0)) from credit_note_lines l
        where l.operator_id = d.operator_id and l.credit_note_id = d.id) is distinct from (n.net_minor::numeric, n.tax_minor::numeric) limit 1;
    if found then ${RAISE(`format('credit note %s is not the sum of its lines', wrong)`)}
    end if;
    return null;
  end $$`;

/**
 * What an invoice names is its own: its order pays it, its agreement is its payer's in its currency. What was taken
 * off it is what credit notes and its payer's credit took. The row as it is at the commit, however often it changed.
 */
const INVOICES_FIT = `
  create function invoices_fit() returns trigger language plpgsql as $$
  declare
    mine invoices;
  begin
    select * into mine from invoices where operator_id = new.operator_id and id = new.id;
    if mine.order_id is not null and not exists (
      select from orders where operator_id = mine.operator_id and id = mine.order_id and invoice_id = mine.id)
    then ${RAISE(`format('order %s is not of invoice %s', mine.order_id, mine.id)`)}
    end if;
    if mine.agreement_id is not null and not exists (select from agreements where operator_id = mine.operator_id
      and id = mine.agreement_id and payer_id = mine.payer_id and currency = mine.currency)
    then ${RAISE(`format('agreement %s is not for invoice %s', mine.agreement_id, mine.id)`)}
    end if;
    if mine.credited_minor <> (select coalesce(sum(total_minor), 0) from credit_notes
      where operator_id = mine.operator_id and invoice_id = mine.id and settlement = 'AMOUNT_DUE')
    then ${RAISE(`format('what was credited of invoice %s is not the sum of its notes', mine.id)`)}
    end if;
    if mine.credit_applied_minor <> (select coalesce(-sum(amount_minor), 0) from payer_credit_entries
      where operator_id = mine.operator_id and invoice_id = mine.id and amount_minor < 0)
    then ${RAISE(`format('invoice %s has not used the credit that it says', mine.id)`)}
    end if;
    return null;
  end $$`;

/** What was used of a payer's credit is of an invoice of theirs that says so. */
const CREDIT_USED = `
  create function payer_credit_entry_is_used() returns trigger language plpgsql as $$ begin
    if not exists (select from invoices where operator_id = new.operator_id and id = new.invoice_id
      and payer_id = new.payer_id and currency = new.currency
      and (new.amount_minor > 0 or credit_applied_minor = -new.amount_minor))
    then ${RAISE(`format('invoice %s has not used this credit', new.invoice_id)`)}
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
  INVOICES_FIT,
  CREDIT_USED,
  CREDIT_IS_ITS_ENTRIES,
  `create trigger invoice_items_of_drafts before insert or update or delete on invoice_items
   for each row execute function invoice_items_are_of_drafts()`,
  // Two, because nearly every change of an invoice writes all of its columns, and only its closing is to add items up.
  `create constraint trigger invoices_made_closed_is_items after insert on invoices
   ${AT_COMMIT} when (new.number is not null) execute function invoices_are_their_items()`,
  `create constraint trigger invoices_closed_is_items after update on invoices
   ${AT_COMMIT} when (new.number is distinct from old.number) execute function invoices_are_their_items()`,
  `create constraint trigger invoices_made_fit after insert on invoices
   ${AT_COMMIT} when (num_nonnulls(new.order_id, new.agreement_id) + new.credited_minor + new.credit_applied_minor > 0)
   execute function invoices_fit()`,
  `create constraint trigger invoices_fit after update on invoices
   ${AT_COMMIT} when ((new.order_id, new.agreement_id, new.credited_minor, new.credit_applied_minor) is distinct from
     (old.order_id, old.agreement_id, old.credited_minor, old.credit_applied_minor)) execute function invoices_fit()`,
  `create trigger invoices_closed_stays before update on invoices
   for each row when (old.number is not null) execute function invoices_stay_closed()`,
  `create constraint trigger invoice_series_no_gaps after insert or update on invoice_series
   ${AT_COMMIT} execute function invoice_series_has_no_gaps()`,
  `create constraint trigger credit_notes_add_up after insert on credit_notes
   ${AT_COMMIT} execute function credit_notes_add_up()`,
  `create trigger credit_notes_stay before update on credit_notes for each row execute function credit_notes_stay()`,
  `create trigger credit_note_lines_add_up after insert on credit_note_lines
   referencing new table as added for each statement execute function credit_note_lines_add_up()`,
  `create constraint trigger payer_credit_entries_used after insert on payer_credit_entries
   ${AT_COMMIT} when (new.invoice_id is not null) execute function payer_credit_entry_is_used()`,
  `create constraint trigger payer_credit_entries_sum after insert on payer_credit_entries
   ${AT_COMMIT} execute function payer_credit_is_its_entries()`,
  `create constraint trigger payer_credits_sum after insert or update on payer_credits
   ${AT_COMMIT} execute function payer_credit_is_its_entries()`,
];

/** What keeps invoices, their credit notes and payers' credit true: here and not in the program alone. */
export class Migration0015InvoiceRules extends Migration {
  override up(): void {
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
