import { Migration } from '@mikro-orm/migrations';

/**
 * child (columns) → parent (keys), always with the operator, and with the mode where both rows have one. What a capture
 * writes refers to nothing but its order and itself: rows that captures share, such as their merchant's, would each
 * have to be locked. Whose it is the triggers compare with the order.
 */
const REFERENCES: readonly (readonly [child: string, columns: string, parent: string, keys: string])[] = [
  ['ledger_postings', 'order_id', 'orders', 'id'],
  ['ledger_postings', 'movement_id', 'balance_movements', 'id'],
  ['ledger_postings', 'payout_id', 'payouts', 'id'],
  ['ledger_postings', 'settlement_id', 'settlements', 'id'],
  ['ledger_entries', 'transaction_id, posting_id', 'ledger_postings', 'transaction_id, id'],
  ['ledger_orders', 'order_id', 'orders', 'id'],
  ['ledger_balances', 'merchant_id', 'merchants', 'id'],
  ['ledger_balances', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['balance_movements', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['balance_movements', 'order_id', 'orders', 'id'],
  ['balance_movements', 'payout_id', 'payouts', 'id'],
  ['balance_sweeps', 'id', 'payment_system_accounts', 'id'],
  ['payouts', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['settlements', 'merchant_id', 'merchants', 'id'],
  ['ledger_checks', 'mode, payment_system_account_id', 'payment_system_accounts', 'mode, id'],
  ['ledger_differences', 'check_id', 'ledger_checks', 'id'],
  ['ledger_differences', 'merchant_id', 'merchants', 'id'],
  ['ledger_differences', 'order_id', 'orders', 'id'],
];

const CHANGEABLE = [
  'ledger_orders',
  'ledger_balances',
  'ledger_positions',
  'balance_movements',
  'balance_sweeps',
  'payouts',
];

/** What was booked, paid out or found is only ever added to. */
const APPEND_ONLY = ['settlements', 'ledger_checks', 'ledger_differences'];

/** Of these nobody says in which transaction they were written: so no entry joins the posting of another one. */
const STAMPED = [
  `ledger_postings (operator_id, id, mode, kind, order_id, number, movement_id, payout_id, settlement_id, occurred_at,
    posted_at)`,
  `ledger_entries (operator_id, posting_id, line, mode, account, merchant_id, payment_system_account_id, currency,
    amount_minor, posted_at)`,
];

/** What the system role reads across operators: ids and when something is due. */
const SYSTEM_READS = [
  'ledger_orders (operator_id, payment_system_account_id, awaited_since)',
  'balance_movements (operator_id, id, due_at)',
  'balance_sweeps (operator_id, id, due_at, swept_at, leased_until)',
];

/**
 * Policies are forced upon the owner, who is no operator; it looks past them for as long as the filling takes, and the
 * first look of the references at what was filled in.
 */
const LOOKED_AT = [
  'orders',
  'merchants',
  'payment_system_accounts',
  'ledger_postings',
  'ledger_entries',
  'ledger_orders',
];

/**
 * Captures that are older than the ledger begin it: one posting an order, all of it pending until the payment system's
 * movements, which are read from the beginning, say what is available.
 */
const OPENING = `
  with captured as materialized (
    select operator_id, id as order_id, gen_random_uuid() as posting_id, mode, merchant_id, payment_system_account_id,
      currency, captured_minor, refunded_minor, captured_minor - refunded_minor as net
    from orders where captured_minor > 0
  ), postings as (
    insert into ledger_postings (operator_id, id, mode, kind, order_id, number, occurred_at, posted_at)
    select operator_id, posting_id, mode, 'OPENING', order_id, 1, now(), now() from captured
  ), states as (
    insert into ledger_orders (operator_id, order_id, merchant_id, mode, payment_system_account_id, currency,
      captured_minor, refunded_minor, disputed_minor, unavailable_minor, pending_minor, captured_moved_minor,
      refunded_moved_minor, postings, awaited_since)
    select operator_id, order_id, merchant_id, mode, payment_system_account_id, currency, captured_minor,
      refunded_minor, 0, captured_minor, net, 0, 0, 1, now()
    from captured
  )
  insert into ledger_entries (operator_id, posting_id, line, mode, account, merchant_id, payment_system_account_id,
    currency, amount_minor, posted_at)
  select operator_id, posting_id, 1, mode, 'PENDING', merchant_id, null, currency, net, now() from captured where net > 0
  union all
  select operator_id, posting_id, 2, mode, 'CLEARING', null, payment_system_account_id, currency, -net, now()
  from captured where net > 0`;

/**
 * Each posting comes to nothing in each currency, and is on nobody's account but theirs whose order, movement or
 * settlement it is. Looked at with the commit, once a posting: all of it is there, and nothing is added later.
 */
const POSTING_BALANCES = `
  create function ledger_posting_balances() returns trigger language plpgsql as $$
  declare
    merchant uuid;
    system_account uuid;
  begin
    if new.order_id is not null then
      select merchant_id, payment_system_account_id into merchant, system_account from ledger_orders
      where operator_id = new.operator_id and order_id = new.order_id and mode = new.mode;
    elsif new.settlement_id is not null then
      select merchant_id into merchant from settlements
      where operator_id = new.operator_id and id = new.settlement_id and mode = new.mode;
    else
      select payment_system_account_id into system_account from balance_movements
      where operator_id = new.operator_id and id = new.movement_id and mode = new.mode;
    end if;
    if exists (
      select from ledger_entries where operator_id = new.operator_id and posting_id = new.id
      group by currency
      having sum(amount_minor) <> 0 or not bool_and(mode = new.mode
        and (merchant_id is null or merchant_id is not distinct from merchant)
        and (payment_system_account_id is null or payment_system_account_id is not distinct from system_account))
    ) then
      raise check_violation using
        message = format('the entries of posting %s do not come to nothing, or are not of its order', new.id),
        constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
    end if;
    return null;
  end $$`;

/** What an order has captured and refunded is what was posted of it. */
const ORDER_IS_POSTED = `
  create function ledger_order_is_posted() returns trigger language plpgsql as $$ begin
    if not exists (
      select from orders o join ledger_orders l on l.operator_id = o.operator_id and l.order_id = o.id
      where o.operator_id = new.operator_id and o.id = new.id
        and o.captured_minor = l.captured_minor and o.refunded_minor = l.refunded_minor
    ) then
      raise check_violation using
        message = format('what order %s has captured and refunded is not what was posted of it', new.id),
        constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
    end if;
    return null;
  end $$`;

/** What is said of an order beside its entries is what the order and its entries say. */
const STATE_IS_POSTED = `
  create function ledger_state_is_posted() returns trigger language plpgsql as $$
  declare
    state ledger_orders;
    pending bigint;
    net bigint;
  begin
    select * into state from ledger_orders where operator_id = new.operator_id and order_id = new.order_id;
    select coalesce(sum(amount_minor) filter (where e.account = 'PENDING'), 0), coalesce(sum(amount_minor), 0)
    into pending, net
    from ledger_postings p join ledger_entries e on e.operator_id = p.operator_id and e.posting_id = p.id
    where p.operator_id = new.operator_id and p.order_id = new.order_id and e.account in ('PENDING', 'AVAILABLE');
    if state.pending_minor <> pending or state.captured_minor - state.refunded_minor - state.disputed_minor <> net
      or not exists (
        -- Found by its key before it is compared: an index by merchant would find all of the merchant's.
        select from (select * from orders where operator_id = new.operator_id and id = new.order_id offset 0) as o
        where o.captured_minor = state.captured_minor and o.refunded_minor = state.refunded_minor
          and o.merchant_id = state.merchant_id and o.payment_system_account_id = state.payment_system_account_id
          and o.mode = state.mode and o.currency = state.currency
      )
    then
      raise check_violation using
        message = format('what is said of order %s is not what was posted of it', new.order_id),
        constraint = tg_name, table = tg_table_name, schema = tg_table_schema;
    end if;
    return null;
  end $$`;

const AT_COMMIT = 'deferrable initially deferred for each row';

const TRIGGERS = [
  `create constraint trigger ledger_postings_balance after insert on ledger_postings
   ${AT_COMMIT} execute function ledger_posting_balances()`,
  `create constraint trigger orders_are_posted after update of captured_minor, refunded_minor on orders
   ${AT_COMMIT} when (old.captured_minor <> new.captured_minor or old.refunded_minor <> new.refunded_minor)
   execute function ledger_order_is_posted()`,
  `create constraint trigger orders_begin_posted after insert on orders
   ${AT_COMMIT} when (new.captured_minor <> 0 or new.refunded_minor <> 0) execute function ledger_order_is_posted()`,
  `create constraint trigger ledger_orders_are_posted after insert or update on ledger_orders
   ${AT_COMMIT} execute function ledger_state_is_posted()`,
];

/** The rules of the ledger, and the postings of what was captured before it. */
export class Migration0009LedgerRules extends Migration {
  override up(): void {
    for (const table of LOOKED_AT) this.addSql(`alter table ${table} no force row level security`);
    this.addSql(OPENING);
    for (const [child, columns, parent, keys] of REFERENCES) {
      this.addSql(
        `alter table ${child} add constraint ${child}_${columns.split(', ').at(-1)}_reference
         foreign key (operator_id, ${columns}) references ${parent} (operator_id, ${keys})`,
      );
    }
    for (const table of LOOKED_AT) this.addSql(`alter table ${table} force row level security`);
    for (const sql of [POSTING_BALANCES, ORDER_IS_POSTED, STATE_IS_POSTED, ...TRIGGERS]) this.addSql(sql);
    for (const table of CHANGEABLE) this.addSql(`grant select, insert, update on ${table} to quittance_app`);
    for (const table of APPEND_ONLY) this.addSql(`grant select, insert on ${table} to quittance_app`);
    for (const table of STAMPED) {
      const [name, columns] = table.split(' (');
      this.addSql(`grant select, insert (${columns} on ${name} to quittance_app`);
    }
    for (const table of SYSTEM_READS) {
      const [name, columns] = table.split(' (');
      this.addSql(`grant select (${columns} on ${name} to quittance_system`);
    }
  }
}
