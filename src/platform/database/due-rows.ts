import { type Statement, statement } from './sql.js';

export interface DueRows {
  /** A table with `operator_id`, `id` and `due_at`, which the system role may read, and an index over `due_at`. */
  readonly table: string;
  /**
   * The condition of a partial index over (operator_id, due_at), which all
   * rows of operators whose clock was moved meet. Needed where many rows wait
   * for a later time; without it those of all operators are gone through.
   */
  readonly ahead?: string;
}

/**
 * What is due at the real time $1, across operators and hence for the system
 * role: ids only. Where an operator's clock is ahead, what is due by its own
 * time; the claim compares with that again. Of each operator the longest due
 * come first, and no more than its share: a flood of one leaves room for the
 * others. The limits are literals, so that no generic plan forgets how few
 * rows are wanted.
 */
export function dueRows(name: string, { table, ahead = 'true' }: DueRows): Statement {
  return statement(
    name,
    `select "operatorId", id from (
       select operator_id as "operatorId", id, due_at,
         row_number() over (partition by operator_id order by due_at) as place
       from (
         select operator_id, id, due_at from ${table} where due_at <= $1
         union all
         select early.operator_id, early.id, early.due_at from test_clocks c cross join lateral (
           select operator_id, id, due_at from ${table}
           where operator_id = c.operator_id and ${ahead}
             and due_at > $1 and due_at <= $1 + c.ahead_ms * interval '1 millisecond'
           order by due_at limit 20) as early) as of_all) as due
     where place <= 20 order by place, due_at limit 200`,
  );
}
