import { type DocumentNode, type ExecutionResult, execute, Kind } from 'graphql';
import type { Edge, EdgeContext } from '../graphql/edge.js';
import { rateLimit } from '../graphql/rate-limit.js';

/** For all callers without a key together: explorers ask once when they open. */
const RATE = { perSecond: 5, burst: 20 };

const INTROSPECTION = new Set(['__schema', '__type', '__typename']);

function asksOnlyForTheSchema({ definitions }: DocumentNode): boolean {
  const [operation, ...others] = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION || operation.operation !== 'query')
    return false;
  return operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && INTROSPECTION.has(selection.name.value),
  );
}

/**
 * Where introspection is on, the schema is no secret: an explorer may read it
 * before its user has entered a key. No context is made, so nothing else can
 * be reached. Null for every other request.
 */
export function openIntrospection(edge: Pick<Edge<EdgeContext>, 'schema' | 'check'>) {
  const take = rateLimit(RATE);
  return async (demand: unknown): Promise<ExecutionResult | null> => {
    const { query, variables } = (demand ?? {}) as { query?: unknown; variables?: unknown };
    if (typeof query !== 'string' || !query.includes('__') || Object.keys(variables ?? {}).length > 0) return null;
    const checked = edge.check(query);
    if ('errors' in checked || !asksOnlyForTheSchema(checked.document)) return null;
    take('without a key');
    return execute({ schema: edge.schema, document: checked.document });
  };
}
