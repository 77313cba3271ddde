import { later } from '../../kernel/clock.js';
import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { changeOperation } from './change-operation.js';

/** Long enough for a quarter's results to be looked at; cells are about people. */
const KEPT_MS = 90 * 24 * 60 * 60 * 1000;

const TO_FORGET = statement(
  'bulk_operations_to_forget',
  `select id from bulk_operations where operator_id = $1 and finished_at < $2 and forgotten_at is null
   order by finished_at limit 50`,
);

const FORGET_CELLS = statement(
  'bulk_rows_forget_cells',
  `with portion as materialized (
     select line, ctid as place from bulk_rows where operator_id = $1 and operation_id = $2 and line > $3
     order by line limit 2000),
   forgotten as (
     update bulk_rows set cells = null where ctid = any (array(select place from portion)) and cells is not null)
   select max(line) as last from portion`,
);

/**
 * Forgets the cells of an operator's operations that ended 90 days ago. What is
 * kept are counts, outcomes, ids and references: a row is not done again.
 * Resolves with how many operations were forgotten.
 */
export async function forgetRows(units: UnitsOfWork, operatorId: string): Promise<number> {
  const due = await units.sql(operatorId, (tx) =>
    tx.query<{ id: string }>(TO_FORGET, [operatorId, later(tx.now, -KEPT_MS)]),
  );
  for (const { id } of due) await forgetOperation(units, operatorId, id);
  return due.length;
}

async function forgetOperation(units: UnitsOfWork, operatorId: string, id: string): Promise<void> {
  const step = async (transaction: Transaction, after: number): Promise<number | null> => {
    const [portion] = await transaction.query<{ last: number | null }>(FORGET_CELLS, [operatorId, id, after]);
    return portion?.last ?? null;
  };
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    after = await units.sql(operatorId, (transaction) => step(transaction, from));
  }
  await units.sql(operatorId, (transaction) =>
    changeOperation(transaction, id, (operation) => {
      operation.forgottenAt = transaction.now;
    }),
  );
}
