import type { ScopedReads } from './scoped-reads.js';
import { readOperators } from './tenancy-sql.js';

/** Whether an operator is there and not suspended: for what nobody's key is asked for, such as a link to a file. */
export async function isServed(scopedReads: ScopedReads, operatorId: string): Promise<boolean> {
  const [operator] = await readOperators(scopedReads(operatorId), [operatorId]);
  return operator?.status === 'ACTIVE';
}
