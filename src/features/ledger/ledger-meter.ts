import { Counter, Gauge, type Registry } from 'prom-client';

/** What the nightly check tells the operations staff. */
export interface LedgerMeter {
  /** An account was compared, with so many differences found. */
  checked(accountId: string, differences: number): void;
  /** An account could not be compared: its payment system did not answer, as a rule. */
  failed(): void;
  /** An account was not come to before the process ended. */
  skipped(): void;
}

export function ledgerMeter(registry: Registry): LedgerMeter {
  const registers = [registry];
  const checks = new Counter({
    name: 'ledger_checks_total',
    help: 'Comparisons of an account’s ledger, orders and payment system by this process, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const found = new Map<string, number>();
  new Gauge({
    name: 'ledger_differences',
    help: 'Differences that the last check of each account by this process has found.',
    registers,
    collect() {
      this.set([...found.values()].reduce((sum, each) => sum + each, 0));
    },
  });
  return {
    checked: (accountId, differences) => {
      found.set(accountId, differences);
      checks.inc({ outcome: differences === 0 ? 'clean' : 'differences' });
    },
    failed: () => checks.inc({ outcome: 'failed' }),
    skipped: () => checks.inc({ outcome: 'skipped' }),
  };
}
