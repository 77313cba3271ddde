import type { Currency } from '../../kernel/currency.js';
import { statement } from '../../platform/database/sql.js';

export type SettlementRow = {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly currency: Currency;
  readonly amount: bigint;
  readonly fees: bigint;
  readonly reference: string;
  readonly inAdvance: boolean;
  readonly occurredAt: Date;
  readonly createdAt: Date;
};

const COLUMNS = `
  id, merchant_id as "merchantId", mode, currency, amount_minor as amount, fees_minor as fees, reference,
  in_advance as "inAdvance", occurred_at as "occurredAt", created_at as "createdAt"`;

/** Two settlements of a merchant come one after the other; orders, which only refer to the row, do not wait. */
export const LOCK_MERCHANT = statement(
  'ledger_lock_merchant',
  'select id from merchants where operator_id = $1 and id = $2 for no key update',
);

export const INSERT_SETTLEMENT = statement(
  'settlements_insert',
  `insert into settlements (operator_id, id, merchant_id, mode, currency, amount_minor, fees_minor, reference,
     in_advance, occurred_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);

export const SETTLEMENTS_BY_ID = statement(
  'settlements_by_id',
  `select ${COLUMNS} from settlements where operator_id = $1 and id = any ($2::uuid[])`,
);
