import type pg from 'pg';

/** Forty operators with a thousand orders each, all of them captured, and two payment system accounts' worth of movements. */
const OPERATORS = 40;
const ORDERS = 40_000;
/** A hundred postings a transaction; the last four hundred came after what is kept. */
export const KEPT_UP_TO = 400;
export const AFTER_KEPT = 400 / OPERATORS;

const id = (kind: number, number: string) =>
  `(lpad(to_hex(${kind}), 8, '0') || lpad(to_hex(${number}), 24, '0'))::uuid`;
const operator = id(1, `n % ${OPERATORS}`);
const merchant = id(3, `n % ${OPERATORS}`);
const account = id(4, `n % ${OPERATORS}`);
const made = `timestamptz '2026-01-01' + n * interval '1 second'`;
const written = '(n / 100 + 4)';

/** As a superuser and without its triggers: the rows need not make sense, only be as many and as varied. */
export async function fillLedger(client: pg.Client): Promise<void> {
  const each = `from generate_series(1, ${ORDERS}) n`;
  const ofOperators = `from generate_series(0, ${OPERATORS} - 1) n`;
  // Indexes are built at the end, sorted, instead of grown row by row: half of the time.
  await client.query(`
    set session_replication_role = replica;
    update pg_index set indisready = false, indisvalid = false
    where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`);
  await client.query(`
    insert into payment_system_accounts (operator_id, id, kind, mode, publishable_key, secret_key_encrypted,
      secret_key_hint, status, external_account_id, polled, verified_at, created_at)
    select ${operator}, ${account}, 'STRIPE', 'TEST', '', '', '', 'ACTIVE', 'acct', false, ${made}, ${made} ${ofOperators};
    insert into orders (operator_id, id, merchant_id, mode, payment_system_account_id, order_number, bill_number, status,
      capture_mode, currency, amount_minor, external_payment_id, save_credential, metadata, created_at, updated_at)
    select ${operator}, ${id(2, 'n')}, ${merchant}, 'TEST', ${account}, 'order-' || n, lpad(n::text, 12, '0'), 'AUTHORIZED',
      'MANUAL', 'USD', 1000, 'pi_' || n, false, '{}', ${made}, ${made} ${each};
    insert into ledger_orders (operator_id, order_id, merchant_id, mode, payment_system_account_id, currency,
      captured_minor, refunded_minor, disputed_minor, unavailable_minor, pending_minor, captured_moved_minor,
      refunded_moved_minor, postings, awaited_since)
    select ${operator}, ${id(2, 'n')}, ${merchant}, 'TEST', ${account}, 'USD', 1000, 0, 0, 1000, 1000,
      case when n % 100 = 0 then 0 else 1000 end, 0, 1, case when n % 100 = 0 then ${made} end ${each};
    insert into ledger_postings (operator_id, id, mode, kind, order_id, number, occurred_at, posted_at, transaction_id)
    select ${operator}, ${id(5, 'n')}, 'TEST', 'CAPTURE', ${id(2, 'n')}, 1, ${made}, ${made}, ${written} ${each};
    insert into ledger_entries (operator_id, posting_id, line, mode, account, merchant_id, payment_system_account_id,
      currency, amount_minor, posted_at, transaction_id)
    select ${operator}, ${id(5, 'n')}, line, 'TEST', case line when 1 then 'PENDING' else 'CLEARING' end,
      case line when 1 then ${merchant} end, case line when 2 then ${account} end, 'USD',
      case line when 1 then 1000 else -1000 end, ${made}, ${written} ${each}, generate_series(1, 2) line;
    insert into balance_movements (operator_id, id, payment_system_account_id, mode, external_id, kind, amount_minor,
      fee_minor, net_minor, currency, original_minor, original_currency, available_at, occurred_at, order_id, status,
      due_at, created_at, transaction_id)
    select ${operator}, ${id(6, 'n')}, ${account}, 'TEST', 'txn_' || n, 'CAPTURE', 1000, 0, 1000, 'USD', 1000, 'USD',
      ${made}, ${made}, ${id(2, 'n')}, case when n % 1000 = 0 then 'WAITING' else 'POSTED' end,
      case when n % 100 = 0 then ${made} end, ${made}, ${written} ${each};
    insert into ledger_positions (operator_id, up_to) select ${operator}, '${KEPT_UP_TO}' ${ofOperators}`);
  await client.query(`set maintenance_work_mem = '256MB'`);
  await client.query('reindex schema public');
  await client.query('analyze');
}
