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
