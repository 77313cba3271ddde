import type { Currency } from '../../kernel/currency.js';
import { statement } from '../../platform/database/sql.js';
import type { MerchantAccount, OperatorAccount } from './domain/accounts.js';

/** Kept balances count only with a position that this cluster's transactions have passed; without one everything is added up. */
const POSITION = `position as (
  select up_to from ledger_positions where operator_id = $1 and up_to <= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)`;
/**
 * Looked up posting by posting: a plan for any moment cannot know that few lie
 * behind a position, and would read all entries of the operator beside them.
 */
export const ENTRIES_OF_POSTING =
  'select * from ledger_entries where operator_id = p.operator_id and posting_id = p.id offset 0';

const AFTER_POSITION = `transaction_id >= coalesce((select up_to from position), '0'::bigint)`;
/** A row and not a value: of a value the planner would read an index whole that it could begin in the middle. */
const SINCE = `select coalesce((select up_to from position), '0'::bigint) as since offset 0`;
const WITH_POSITION = 'exists (select from position)';

export type MerchantBalanceRow = {
  readonly merchantId: string;
  readonly currency: Currency;
  readonly account: MerchantAccount;
  readonly amount: bigint;
};

/**
 * What is kept and what came after it, in one statement and so of one moment.
 * In the order of transactions, because the index that has it is the one that
 * begins behind the position; another one would be read whole.
 */
export const BALANCES_OF_MERCHANTS = statement(
  'ledger_balances_of_merchants',
  `with ${POSITION}
   select merchant_id as "merchantId", currency, account, sum(amount)::bigint as amount from (
     select merchant_id, currency, account, balance_minor as amount from ledger_balances
     where operator_id = $1 and merchant_id = any ($2::uuid[]) and mode = $3 and ${WITH_POSITION}
     union all
     select e.merchant_id, e.currency, e.account, e.amount_minor
     from unnest($2::uuid[]) as m (id) cross join (${SINCE}) as s cross join lateral (
       select * from ledger_entries
       where operator_id = $1 and merchant_id = m.id and mode = $3 and transaction_id >= s.since offset 0) as e) as entries
   group by 1, 2, 3 order by 2`,
);

export type OperatorBalanceRow = {
  readonly accountId: string | null;
  readonly currency: Currency;
  readonly account: OperatorAccount;
  readonly amount: bigint;
};

export const BALANCES_OF_OPERATOR = statement(
  'ledger_balances_of_operator',
  `with ${POSITION}
   select payment_system_account_id as "accountId", currency, account, sum(amount)::bigint as amount from (
     select payment_system_account_id, currency, account, balance_minor as amount from ledger_balances
     where operator_id = $1 and merchant_id is null and mode = $2 and ${WITH_POSITION}
     union all
     select e.payment_system_account_id, e.currency, e.account, e.amount_minor from ledger_postings p
     cross join lateral (${ENTRIES_OF_POSTING}) as e
     where p.operator_id = $1 and e.merchant_id is null and p.mode = $2 and p.${AFTER_POSITION}) as entries
   group by 1, 2, 3 order by 1, 2, 3`,
);
