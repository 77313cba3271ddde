import type { Due } from '../../platform/jobs/operator-lanes.js';
import type { Carriers } from '../orders/index.js';
import { workOnOperation } from './run-bulk-operation.js';
import type { BulkParts } from './run-bulk-parts.js';
import { BULK_OPERATIONS_DUE } from './run-bulk-sql.js';

/**
 * Works on files whose rows are due, each on a lane of its own: a short file
 * does not wait for a long one, whoever sent it, until one operator has as many
 * under way as it may. Resolves with how many of them this process took in hand.
 */
export async function runBulk(parts: BulkParts): Promise<number> {
  const { carriers, pace, lanes, system } = parts;
  const turnAt: Carriers['turnAt'] = async (account) => (await pace.reserve(account, 1)).next();
  const paced = { ...parts, carriers: { ...carriers, turnAt } };
  const due = await system.query<Due & Record<string, unknown>>(BULK_OPERATIONS_DUE, [carriers.units.clock.now()]);
  let taken = 0;
  await lanes.work(
    due.map(({ operatorId, id }) => ({ operatorId: id, id, ownerId: operatorId })),
    ({ ownerId, id }) =>
      parts.gates.files.through(ownerId, () =>
        workOnOperation(paced, ownerId, id, () => {
          taken += 1;
        }),
      ),
  );
  return taken;
}
