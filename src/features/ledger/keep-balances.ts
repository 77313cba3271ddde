import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { ENTRIES_OF_POSTING } from './balances-sql.js';

const BEGIN = statement(
  'ledger_positions_begin',
  `insert into ledger_positions (operator_id, up_to) values ($1, '0') on conflict (operator_id) do nothing`,
);

/** Beyond what any transaction could have written: the rows come from another cluster, whose numbers were higher. */
const LOCK = statement(
  'ledger_positions_lock',
  `select up_to::text as "upTo", up_to > pg_snapshot_xmax(pg_current_snapshot())::text::bigint as "isForeign"
   from ledger_positions where operator_id = $1 for update`,
);

const FORGET = statement(
  'ledger_balances_forget',
  `with forgotten as (update ledger_balances set balance_minor = 0 where operator_id = $1)
   update ledger_positions set up_to = '0' where operator_id = $1`,
);

/**
 * Adds the entries of decided transactions to the balances that are kept. One
 * statement, because only one snapshot says for the same moment what is decided
 * and what was written.
 */
const KEEP = statement(
  'ledger_balances_keep',
  `with horizon as (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as up_to),
   sums as (
     select e.mode, e.account, e.merchant_id, e.payment_system_account_id, e.currency,
       sum(e.amount_minor)::bigint as amount
     from ledger_postings p cross join lateral (${ENTRIES_OF_POSTING}) as e
     where p.operator_id = $1 and p.transaction_id >= $2::bigint and p.transaction_id < (select up_to from horizon)
     group by 1, 2, 3, 4, 5
   ),
   kept as (
     insert into ledger_balances as b (operator_id, id, mode, account, merchant_id, payment_system_account_id, currency,
       balance_minor)
     select $1, gen_random_uuid(), mode, account, merchant_id, payment_system_account_id, currency, amount from sums
     on conflict (operator_id, merchant_id, mode, payment_system_account_id, account, currency)
       do update set balance_minor = b.balance_minor + excluded.balance_minor
   )
   update ledger_positions set up_to = (select up_to from horizon) where operator_id = $1`,
);

const ANY_AFTER = statement(
  'ledger_postings_any_after',
  'select 1 from ledger_postings where operator_id = $1 and transaction_id >= $2::bigint limit 1',
);

/**
 * Moves an operator's kept balances up to what is decided, so that asking for
 * one adds up few entries. Nobody who posts is waited for, or made to wait.
 */
export async function keepBalances(transaction: Transaction): Promise<void> {
  const { operatorId } = transaction;
  transaction.send(BEGIN, [operatorId]);
  const [position] = await transaction.query<{ upTo: string; isForeign: boolean }>(LOCK, [operatorId]);
  if (position?.isForeign) transaction.send(FORGET, [operatorId]);
  const upTo = position?.isForeign ? '0' : (position?.upTo ?? '0');
  const [after] = await transaction.query(ANY_AFTER, [operatorId, upTo]);
  if (after) transaction.send(KEEP, [operatorId, upTo]);
}
