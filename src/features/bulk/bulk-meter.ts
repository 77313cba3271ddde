import { Counter, Gauge, type Registry } from 'prom-client';

/** What carrying out rows tells the operations staff. */
export interface BulkMeter {
  /** Rows that came to an outcome, dry runs' included. */
  readonly rows: Counter<'outcome'>;
  /** Operations that this process works on now. */
  readonly running: Gauge;
}

export function bulkMeter(registry: Registry): BulkMeter {
  const registers = [registry];
  return {
    rows: new Counter({
      name: 'bulk_rows_done_total',
      help: 'Rows of files that this process brought to an outcome, dry runs included.',
      labelNames: ['outcome'],
      registers,
    }),
    running: new Gauge({
      name: 'bulk_operations_running',
      help: 'Bulk operations whose rows this process carries out now.',
      registers,
    }),
  };
}
