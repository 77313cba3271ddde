import type { Sql } from '../../platform/database/sql.js';
import type { Mode } from '../tenancy/index.js';
import { IDS_BY_REFERENCE } from './agreement-reads-sql.js';

/** Whose references they are: each merchant has its own, and test and live ones apart. */
export interface ReferenceOwner {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly mode: Mode;
}

/** The ids of a merchant's agreements by their references; those that nothing has are left out. */
export async function agreementIdsByReference(
  sql: Sql,
  { operatorId, merchantId, mode }: ReferenceOwner,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (references.length === 0) return new Map();
  const parameters = [operatorId, merchantId, mode, references];
  const found = await sql.query<{ reference: string; id: string }>(IDS_BY_REFERENCE, parameters);
  return new Map(found.map(({ reference, id }) => [reference, id]));
}
