import { statement } from '../../platform/database/sql.js';
import { AGREEMENT_COLUMNS, CHANGE_COLUMNS, CHARGE_COLUMNS } from './agreements-sql.js';

/** The statements that only read. Each names the operator first. */

export const AGREEMENTS_BY_ID = statement(
  'agreements_read',
  `select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and id = any ($2::uuid[])`,
);

export const AGREEMENT_BY_REFERENCE = statement(
  'agreements_read_by_reference',
  `select ${AGREEMENT_COLUMNS} from agreements
   where operator_id = $1 and merchant_id = $2 and mode = $3 and reference = $4`,
);

export const IDS_BY_REFERENCE = statement(
  'agreements_ids_by_reference',
  `select reference, id from agreements
   where operator_id = $1 and merchant_id = $2 and mode = $3 and reference = any ($4::text[])`,
);

/** What a forecast and a plan are made of: open charges, and of an instalment plan all. */
export const CHARGES_OF_FILES = statement(
  'agreement_charges_read_of_files',
  `select ${CHARGE_COLUMNS} from agreement_charges c
   where operator_id = $1 and agreement_id = any ($2::uuid[])
     and (status = 'OPEN' or exists (select from agreements a
       where a.operator_id = $1 and a.id = c.agreement_id and a.type = 'INSTALLMENT'))
   order by number nulls last, id`,
);

export const CHARGES_BY_ID = statement(
  'agreement_charges_read',
  `select ${CHARGE_COLUMNS} from agreement_charges where operator_id = $1 and id = any ($2::uuid[])`,
);

export const CHANGE_BY_ID = statement(
  'agreement_changes_read',
  `select ${CHANGE_COLUMNS} from agreement_changes where operator_id = $1 and id = $2`,
);

const CHARGES_PAGE = (limit: number) =>
  `select ${CHARGE_COLUMNS} from agreement_charges
   where operator_id = $1 and agreement_id = $2 and id < $3::uuid order by id desc limit ${limit}`;

const CHANGES_PAGE = (limit: number) =>
  `select ${CHANGE_COLUMNS} from agreement_changes
   where operator_id = $1 and agreement_id = $2 and id < $3::uuid order by id desc limit ${limit}`;

/** The limit is written out: as a parameter it would cost the planner its knowledge of how few rows are wanted. */
const LIMITS = [2, 6, 11, 21, 51, 101];

/** The least of a few sizes that a page fits in, so that few statements are prepared. */
export function roundedLimit(limit: number): number {
  return LIMITS.find((each) => each >= limit) ?? limit;
}

export function chargesPage(limit: number) {
  return statement(`agreement_charges_page_${roundedLimit(limit)}`, CHARGES_PAGE(roundedLimit(limit)));
}

export function changesPage(limit: number) {
  return statement(`agreement_changes_page_${roundedLimit(limit)}`, CHANGES_PAGE(roundedLimit(limit)));
}

/** Whether a payment or a check by the payer, with what the agreement is charged with, still stands. */
export const HAS_FIRST_TRANSACTION = statement(
  'agreements_has_first_transaction',
  `select exists (select from orders where operator_id = $1 and agreement_id = $2 and credential_id = $3
     and source <> 'MERCHANT' and status in ('AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED',
       'REFUNDED', 'DISPUTED', 'VERIFIED')) as stands`,
);

/** Each count ends at a bound: how far behind a large backlog is, its age tells. */
export const BILLING_PROGRESS = statement(
  'agreements_billing_progress',
  `select (select count(*)::int from (select from agreements
       where operator_id = $1 and due_at <= $3 and mode = $2 limit 10000) d) as due,
     (select min(due_at) from agreements where operator_id = $1 and due_at <= $3 and mode = $2) as "dueSince",
     (select count(*)::int from (select from agreement_charges c join agreements a
         on a.operator_id = $1 and a.id = c.agreement_id and a.mode = $2
       where c.operator_id = $1 and c.status = 'OPEN' and c.live_order_id is not null limit 10000) u) as "underWay",
     (select count(*)::int from (select from agreement_charges c join agreements a
         on a.operator_id = $1 and a.id = c.agreement_id and a.mode = $2
       where c.operator_id = $1 and c.status = 'OPEN' and c.retry_at is not null limit 10000) w) as "waitingForRetry"`,
);
