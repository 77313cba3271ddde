import { type Sql, statement } from '../platform/database/sql.js';
import type { UnitsOfWork } from '../platform/database/unit-of-work.js';
import { forgetOldIdempotencyKeys } from '../platform/idempotency/forget-old-idempotency-keys.js';
import type { RecurringJob } from '../platform/jobs/recurring-job.js';

const OPERATORS = statement('all_operators', 'select id from operators');

/** Everything that happens by the clock. */
export function recurringJobs(units: UnitsOfWork, acrossOperators: Sql): readonly RecurringJob[] {
  return [
    {
      name: 'idempotency.forget-old-keys',
      cron: '17 3 * * *',
      handler: async () => {
        for (const { id } of await acrossOperators.query<{ id: string }>(OPERATORS)) {
          await units.sql(id, forgetOldIdempotencyKeys);
        }
      },
    },
  ];
}
