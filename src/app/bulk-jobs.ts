import { type BulkParts, bulkGates, cleanUploads, forgetRows, runBulk } from '../features/bulk/index.js';
import { OperatorLanes } from '../platform/jobs/operator-lanes.js';
import type { RecurringJob } from '../platform/jobs/recurring-job.js';
import { allOperators } from './all-operators.js';

/** Carries out rows. Woken when a file is there, or an operation goes on. */
export const BULK_RUN_JOB = 'bulk.run';

type BulkJobParts = Omit<BulkParts, 'lanes' | 'gates'>;

/** What carries out rows, and what sees to what bulk operations leave behind. */
export function bulkJobs(
  parts: BulkJobParts,
  whileAnyIsDue: (work: () => Promise<number>) => () => Promise<void>,
): readonly RecurringJob[] {
  const { system, onFailure } = parts;
  const { units } = parts.carriers;
  const lanes = new OperatorLanes(onFailure);
  const run = { ...parts, lanes, gates: bulkGates() };
  const forget = async () => {
    for (const id of await allOperators(system)) await forgetRows(units, id).catch(onFailure);
  };
  return [
    { name: BULK_RUN_JOB, everySeconds: 2, handler: whileAnyIsDue(() => runBulk(run)), onStop: () => lanes.stop() },
    { name: 'bulk.clean-uploads', everySeconds: 30, handler: () => cleanUploads({ units, system, onFailure }) },
    { name: 'bulk.forget', cron: '7 4 * * *', handler: forget },
  ];
}
