import { statement } from '../../platform/database/sql.js';

const COLUMNS = `
  e.posting_id as "postingId", e.line, e.transaction_id::text as "transactionId", e.mode, p.kind, e.account,
  e.merchant_id as "merchantId", e.payment_system_account_id as "accountId", e.currency, e.amount_minor as amount,
  p.occurred_at as "occurredAt", e.posted_at as "postedAt", p.order_id as "orderId", p.movement_id as "movementId",
  p.payout_id as "payoutId", p.settlement_id as "settlementId"`;

/**
 * The newest first, by the transactions that wrote them. A filter is looked
 * through on the way, for a rare currency through all of the merchant's lines: an
 * index more would be written with every capture, for what a person asks now and
 * then.
 */
export const ENTRIES_OF_MERCHANT = statement(
  'ledger_entries_of_merchant',
  `select ${COLUMNS} from ledger_entries e
   join ledger_postings p on p.operator_id = e.operator_id and p.id = e.posting_id
   where e.operator_id = $1 and e.merchant_id = $2 and e.mode = $3
     and (e.transaction_id, e.posting_id, e.line) < ($4::bigint, $5::uuid, $6::smallint)
     and ($7::text is null or e.currency = $7) and ($8::text is null or e.account = $8)
   order by e.transaction_id desc, e.posting_id desc, e.line desc limit 101`,
);

export const ENTRIES_OF_POSTINGS = statement(
  'ledger_entries_of_postings',
  `select ${COLUMNS} from ledger_entries e
   join ledger_postings p on p.operator_id = e.operator_id and p.id = e.posting_id
   where e.operator_id = $1 and e.posting_id = any ($2::uuid[]) order by e.posting_id, e.line`,
);

/** In the order in which they were posted. */
export const ENTRIES_OF_ORDERS = statement(
  'ledger_entries_of_orders',
  `select ${COLUMNS} from ledger_postings p
   join ledger_entries e on e.operator_id = p.operator_id and e.posting_id = p.id
   where p.operator_id = $1 and p.order_id = any ($2::uuid[]) order by p.order_id, p.number, e.line`,
);
