import type { Sql } from '../../platform/database/sql.js';
import { type CheckRow, DIFFERENCES_OF_CHECKS, type DifferenceRow, LAST_CHECKS } from './checks-sql.js';
import { LedgerCheckType } from './ledger-check.graphql.js';

type DifferenceOfCheck = DifferenceRow & { readonly checkId: string } & Record<string, unknown>;

/** The last check of each account of an operator in a mode, with its differences. */
export async function lastChecks(sql: Sql, operatorId: string, mode: string): Promise<LedgerCheckType[]> {
  const checks = await sql.query<CheckRow>(LAST_CHECKS, [operatorId, mode]);
  const ids = checks.filter(({ differences }) => differences > 0).map(({ id }) => id);
  const differences = await sql.query<DifferenceOfCheck>(DIFFERENCES_OF_CHECKS, [operatorId, ids]);
  return checks.map(
    (check) =>
      new LedgerCheckType(
        check,
        differences.filter(({ checkId }) => checkId === check.id),
      ),
  );
}
