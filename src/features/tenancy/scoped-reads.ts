import type { Sql } from '../../platform/database/sql.js';
import type { ApiContext } from './api-context.js';
import { operatorLoader } from './loaders.js';
import { type OperatorFacts, readOperators } from './tenancy-sql.js';

/** Opens reads in one operator's scope. For platform keys, which have none of their own. */
export type ScopedReads = (operatorId: string) => Sql;

/** The reads in which the principal may see the operator: its own scope, or for a platform key the operator's. */
export function readsOf({ principal, reads }: ApiContext, operatorId: string, scopedReads: ScopedReads): Sql {
  return principal.kind === 'PLATFORM' && operatorId !== principal.operatorId ? scopedReads(operatorId) : reads;
}

/** An operator as far as the principal may see it: a platform key sees all of them, others their own. */
export async function operatorSeen(
  context: ApiContext,
  operatorId: string,
  scopedReads: ScopedReads,
): Promise<OperatorFacts | null> {
  if (context.principal.kind !== 'PLATFORM') return operatorLoader(context).load(operatorId);
  const [operator] = await readOperators(readsOf(context, operatorId, scopedReads), [operatorId]);
  return operator ?? null;
}
