import type { Currency } from '../../kernel/currency.js';
import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PayoutStatus } from './domain/payout-status.js';

export type PayoutRow = {
  readonly id: string;
  readonly accountId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly externalId: string;
  readonly status: PayoutStatus;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly automatic: boolean;
  readonly arrivesAt: Date;
  readonly failureReason: string | null;
  readonly createdAt: Date;
};

const COLUMNS = `
  id, payment_system_account_id as "accountId", mode, external_id as "externalId", status, amount_minor as amount,
  currency, automatic, arrives_at as "arrivesAt", failure_reason as "failureReason", created_at as "createdAt"`;

export const LOCK_PAYOUT = statement(
  'payouts_lock',
  `select ${COLUMNS} from payouts
   where operator_id = $1 and payment_system_account_id = $2 and external_id = $3 for no key update`,
);

/** Once: nothing comes back when somebody else has made it known meanwhile. */
export const INSERT_PAYOUT = statement(
  'payouts_insert',
  `insert into payouts (operator_id, id, payment_system_account_id, mode, external_id, status, amount_minor, currency,
     automatic, arrives_at, failure_reason, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
   on conflict (operator_id, payment_system_account_id, external_id) do nothing returning id`,
);

export const UPDATE_PAYOUT = statement(
  'payouts_update',
  `update payouts set status = $3, arrives_at = $4, failure_reason = $5, updated_at = $6
   where operator_id = $1 and id = $2`,
);

export const PAYOUTS_BY_ID = statement(
  'payouts_by_id',
  `select ${COLUMNS} from payouts where operator_id = $1 and id = any ($2::uuid[])`,
);

export const PAYOUTS_BEFORE = statement(
  'payouts_before',
  `select ${COLUMNS} from payouts where operator_id = $1 and mode = $2 and id < $3::uuid order by id desc limit 101`,
);

/** Payouts that movements tell of and that are not known, or not as having failed. */
const TOLD_BY_MOVEMENTS = `
  select distinct m.source_external_id as "externalId" from balance_movements m
  left join payouts p on p.operator_id = m.operator_id and p.payment_system_account_id = m.payment_system_account_id
    and p.external_id = m.source_external_id
  where m.operator_id = $1 and m.payment_system_account_id = $2 and m.kind in ('PAYOUT', 'PAYOUT_FAILURE')
    and m.source_external_id is not null
    and (p.id is null or m.kind = 'PAYOUT_FAILURE' and p.status not in ('FAILED', 'CANCELED'))`;

/** Among the movements $3. */
export const PAYOUTS_UNATTENDED = statement(
  'payouts_unattended',
  `${TOLD_BY_MOVEMENTS} and m.external_id = any ($3::text[])`,
);

/**
 * Payouts of which more is to come, automatic ones of which it is not known what
 * they consist of, and what movements tell of: an event was lost, or the look at
 * the payout.
 */
export const OPEN_PAYOUTS = statement(
  'payouts_open',
  `select external_id as "externalId" from payouts p
   where operator_id = $1 and payment_system_account_id = $2 and created_at > $3
     and (status in ('PENDING', 'IN_TRANSIT') or status = 'PAID' and automatic and not exists (
       select from balance_movements m where m.operator_id = p.operator_id and m.payout_id = p.id))
   union ${TOLD_BY_MOVEMENTS} and m.created_at > $3`,
);

const IDS = statement(
  'payouts_ids',
  `select id, external_id as "externalId" from payouts
   where operator_id = $1 and payment_system_account_id = $2 and external_id = any ($3::text[])`,
);

/** Our ids of payouts by the payment system's. */
export async function payoutIds(
  transaction: Transaction,
  accountId: string,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (externalIds.length === 0) return new Map();
  const rows = await transaction.query<{ id: string; externalId: string }>(IDS, [
    transaction.operatorId,
    accountId,
    externalIds,
  ]);
  return new Map(rows.map(({ id, externalId }) => [externalId, id]));
}
