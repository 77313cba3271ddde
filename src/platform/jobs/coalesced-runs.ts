import type { Log } from '../logging/log.js';
import type { RecurringJob } from './recurring-job.js';

interface Runs {
  readonly job: RecurringJob;
  /** The run under way. */
  current: Promise<void> | null;
  /** The run after it, for all who asked meanwhile: the one under way may have looked too early for them. */
  next: Promise<void> | null;
}

/**
 * Runs jobs in this process, never one of them twice at once. However many
 * ticks and wake-ups arrive during a run, one more run follows it.
 */
export class CoalescedRuns {
  readonly #runs: ReadonlyMap<string, Runs>;
  #stopped = false;

  constructor(
    jobs: readonly RecurringJob[],
    private readonly log: Log,
  ) {
    this.#runs = new Map(jobs.map((job) => [job.name, { job, current: null, next: null }]));
    if (this.#runs.size < jobs.length) throw new Error('Two jobs have the same name.');
  }

  /**
   * Resolves when a run that began after the call has ended; its failure is
   * logged, and left to the next tick. After `drain` nothing runs any more.
   */
  wake(name: string): Promise<void> {
    const runs = this.#runs.get(name);
    if (!runs) throw new Error(`There is no job "${name}".`);
    if (this.#stopped) return Promise.resolve();
    if (!runs.current) return this.#run(runs);
    runs.next ??= runs.current.then(() => {
      runs.next = null;
      return this.#stopped ? undefined : this.#run(runs);
    });
    return runs.next;
  }

  /** Begins nothing more and waits for what runs; resolves with the names of those that did not end in time. */
  async drain(timeoutMs: number): Promise<readonly string[]> {
    this.#stopped = true;
    const busy = new Set<string>();
    const ends = [...this.#runs.values()].map(async ({ job, current }) => {
      busy.add(job.name);
      await Promise.all([job.onStop?.(), current]);
      busy.delete(job.name);
    });
    const { promise: outOfTime, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([Promise.all(ends), outOfTime]);
    clearTimeout(timer);
    return [...busy];
  }

  #run(runs: Runs): Promise<void> {
    const { job } = runs;
    const current = Promise.resolve()
      .then(() => job.handler())
      .catch((error: unknown) => this.log.error({ err: error, job: job.name }, 'job failed'))
      .then(() => {
        runs.current = null;
      });
    runs.current = current;
    return current;
  }
}
