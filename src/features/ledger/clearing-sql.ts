import type { Currency } from '../../kernel/currency.js';
import { statement } from '../../platform/database/sql.js';
import { ENTRIES_OF_POSTING } from './balances-sql.js';

/** Below it every transaction is decided: what was written there is all there, and none is added any more. */
export const HORIZON = statement('ledger_horizon', 'select pg_snapshot_xmin(pg_current_snapshot())::text as "upTo"');

export type CurrencySum = { readonly currency: Currency; readonly minor: string };
export type SummedPage = {
  readonly sums: readonly CurrencySum[];
  /** The transaction and the id of the page's last row; null when there are no more rows. */
  readonly last: readonly [transactionId: string, id: string] | null;
};

const SUMMED = `
  select (select array[transaction_id::text, id::text] from page order by transaction_id desc, id desc limit 1) as last,
    coalesce((select jsonb_agg(jsonb_build_object('currency', currency, 'minor', minor::text)) from sums), '[]') as sums`;

/** What a page of the operator's postings below a horizon put at the payment system. */
export const CLEARING_OF_POSTINGS = statement(
  'ledger_clearing_of_postings',
  `with page as materialized (
     select operator_id, transaction_id, id from ledger_postings
     where operator_id = $1 and (transaction_id, id) > ($3::bigint, $4::uuid) and transaction_id < $5::bigint
     order by transaction_id, id limit 20000
   ),
   sums as (
     select e.currency, -sum(e.amount_minor) as minor
     from page p cross join lateral (${ENTRIES_OF_POSTING}) as e
     where e.payment_system_account_id = $2 and e.account = 'CLEARING' group by 1
   ) ${SUMMED}`,
);

/** What a page of the account's movements below a horizon comes to, also of those that wait. */
export const CLEARING_OF_MOVEMENTS = statement(
  'ledger_clearing_of_movements',
  `with page as materialized (
     select transaction_id, id, currency, net_minor from balance_movements
     where operator_id = $1 and payment_system_account_id = $2 and (transaction_id, id) > ($3::bigint, $4::uuid)
       and transaction_id < $5::bigint
     order by transaction_id, id limit 20000
   ),
   sums as (select currency, sum(net_minor) as minor from page group by 1) ${SUMMED}`,
);

export type ClearingRow = CurrencySum & { readonly isTold: boolean };

/**
 * What the pages do not hold, of one moment: what came since the horizon on both
 * sides, and of what is told less the movements that wait to be posted, and with
 * what was posted that no movement has told of.
 */
export const CLEARING_SINCE = statement(
  'ledger_clearing_since',
  `select currency, sum(minor)::text as minor, is_told as "isTold" from (
     select e.currency, -sum(e.amount_minor) as minor, false as is_told
     from ledger_postings p cross join lateral (${ENTRIES_OF_POSTING}) as e
     where p.operator_id = $1 and p.transaction_id >= $3::bigint and e.payment_system_account_id = $2
       and e.account = 'CLEARING' group by 1
     union all
     select currency, sum(net_minor), true from balance_movements
     where operator_id = $1 and payment_system_account_id = $2 and transaction_id >= $3::bigint group by 1
     union all
     select currency, -sum(net_minor), true from balance_movements
     where operator_id = $1 and payment_system_account_id = $2 and status = 'WAITING' group by 1
     union all
     select currency, sum(captured_minor - refunded_minor - captured_moved_minor + refunded_moved_minor), true
     from ledger_orders
     where operator_id = $1 and payment_system_account_id = $2 and awaited_since is not null group by 1) as sides
   group by currency, is_told`,
);
