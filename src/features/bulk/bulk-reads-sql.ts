import { type Statement, statement } from '../../platform/database/sql.js';
import { ROW_COLUMNS } from './bulk-rows.js';
import { ROW_OUTCOMES, type RowOutcome } from './domain/words.js';

const PAGE_MAX = 101;

const ROWS_PAGE = `select ${ROW_COLUMNS} from bulk_rows where operator_id = $1 and operation_id = $2 and line > $3`;

export const ROWS_OF_OPERATION = statement('bulk_rows_page', `${ROWS_PAGE} order by line limit ${PAGE_MAX}`);

/** The outcome stands in the text: no partial index is used for one that is yet to be named. */
const BY_OUTCOME = new Map(
  ROW_OUTCOMES.map((outcome) => {
    const text = `${ROWS_PAGE} and outcome = '${outcome}' order by line limit ${PAGE_MAX}`;
    return [outcome, statement(`bulk_rows_page_${outcome.toLowerCase()}`, text)];
  }),
);

export function rowsWithOutcome(outcome: RowOutcome): Statement {
  return BY_OUTCOME.get(outcome) ?? ROWS_OF_OPERATION;
}
