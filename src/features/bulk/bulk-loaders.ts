import DataLoader from 'dataloader';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { BulkOperationType } from './bulk-operation.graphql.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { OPERATIONS_BY_ID } from './bulk-sql.js';

const BULK_OPERATIONS = Symbol('bulk operations');

/** Operations by UUID, as far as the asking key may see them: its merchant's, in its mode. */
export function bulkOperationLoader(context: ApiContext): DataLoader<string, BulkOperationRow | null> {
  const { operatorId, mode, merchantId, kind } = context.principal;
  const isVisible = (row: BulkOperationRow) =>
    kind !== 'CLIENT' && row.mode === mode && (merchantId === null || merchantId === row.merchantId);
  return context.loader(
    BULK_OPERATIONS,
    () =>
      new DataLoader(async (ids) => {
        const rows = await context.reads.query<BulkOperationRow>(OPERATIONS_BY_ID, [operatorId, ids]);
        const found = new Map(rows.filter(isVisible).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
}

/** For `node(id)`. */
export const bulkNodes = {
  bulkOperation: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'agreements:read');
    const row = await bulkOperationLoader(context).load(uuid);
    return row && new BulkOperationType(row);
  },
};
