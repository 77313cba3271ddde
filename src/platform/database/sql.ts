import type pg from 'pg';

/** A statement that PostgreSQL plans once per connection, known by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Names a statement. The name is part of the contract with the connection: one text per name, for ever. */
export function statement(name: string, text: string): Statement {
  return { name, text };
}

export type Row = Record<string, unknown>;

/** Something that runs statements: a transaction of one operator, or the system role's pool. */
export interface Sql {
  query<Result extends Row>(statement: Statement, parameters?: readonly unknown[]): Promise<Result[]>;
}

/** Runs a prepared statement on any client or pool of `pg`. */
export async function run<Result extends Row>(
  client: pg.Pool | pg.ClientBase,
  statement: Statement,
  parameters: readonly unknown[] = [],
): Promise<Result[]> {
  try {
    const result = await client.query<Result>({ ...statement, values: [...parameters] });
    return result.rows;
  } catch (error) {
    // PostgreSQL says what went wrong, and not in which statement: the log is to have its name.
    if (error instanceof Error) Object.assign(error, { statement: statement.name });
    throw error;
  }
}

/** PostgreSQL's SQLSTATEs that the code tells apart. */
export const SQLSTATE = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlock: '40P01',
  insufficientPrivilege: '42501',
  inFailedTransaction: '25P02',
} as const;

/** The constraint that an error of the database names, or null when it is another kind of error. */
export function violatedConstraint(error: unknown): string | null {
  const { code, constraint } = databaseError(error);
  if (code !== SQLSTATE.uniqueViolation && code !== SQLSTATE.foreignKeyViolation && code !== SQLSTATE.checkViolation) {
    return null;
  }
  return constraint ?? null;
}

/** Errors after which the same transaction may simply be run again. */
export function isRetryable(error: unknown): boolean {
  const { code } = databaseError(error);
  return code === SQLSTATE.serializationFailure || code === SQLSTATE.deadlock;
}

/** Whether the error only says that its transaction had failed before. */
export function isAfterFailure(error: unknown): boolean {
  return databaseError(error).code === SQLSTATE.inFailedTransaction;
}

function databaseError(error: unknown): { code?: string; constraint?: string } {
  return typeof error === 'object' && error !== null ? error : {};
}
