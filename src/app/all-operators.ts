import { type Sql, statement } from '../platform/database/sql.js';

const OPERATORS = statement('all_operators', 'select id from operators');

/** The ids of all operators, for work that is done for each. */
export async function allOperators(system: Sql): Promise<string[]> {
  const rows = await system.query<{ id: string }>(OPERATORS);
  return rows.map(({ id }) => id);
}
