import {
  attendMovements,
  checkLedgers,
  keepBalances,
  type LedgerMeter,
  type LedgerParts,
  sweepMovements,
} from '../features/ledger/index.js';
import type { OperatorLanes } from '../platform/jobs/operator-lanes.js';
import type { RecurringJob } from '../platform/jobs/recurring-job.js';
import { allOperators } from './all-operators.js';

/** What keeps the ledger up with the payment systems, and finds out whether it is. */
export function ledgerJobs(
  parts: LedgerParts & { readonly meter: LedgerMeter },
  newLanes: () => OperatorLanes,
  whileAnyIsDue: (work: () => Promise<number>) => () => Promise<void>,
): readonly RecurringJob[] {
  const { units, system, onFailure } = parts;
  const [sweeps, movements, checks] = [newLanes(), newLanes(), newLanes()];
  const sweep = () => sweepMovements(parts, sweeps);
  const attend = () => attendMovements(parts, movements);
  const keep = async () => {
    for (const id of await allOperators(system)) await units.sql(id, keepBalances).catch(onFailure);
  };
  return [
    // Once a run: an account whose payment system has nothing new to tell stays due, but not at once.
    { name: 'ledger.sweep-movements', everySeconds: 5, handler: async () => void (await sweep()) },
    {
      name: 'ledger.attend-movements',
      everySeconds: 10,
      handler: whileAnyIsDue(attend),
      onStop: () => movements.stop(),
    },
    { name: 'ledger.keep-balances', everySeconds: 300, handler: keep },
    {
      name: 'ledger.check',
      cron: '23 2 * * *',
      handler: () => checkLedgers(parts, () => checks.isStopping),
      onStop: () => checks.stop(),
    },
  ];
}
