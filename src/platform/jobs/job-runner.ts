import { Agenda } from 'agenda';
import type { Log } from '../logging/log.js';
import { type AgendaStore, type OpenStore, openAgendaStore } from './agenda-store.js';
import { CoalescedRuns } from './coalesced-runs.js';
import type { RecurringJob } from './recurring-job.js';

/** How often Agenda looks for due ticks; it looks ahead by as much, so ticks are to the millisecond all the same. */
const PROCESS_EVERY_MS = 1_000;

/**
 * A tick is done as soon as it has woken the job, so a lock this old belongs
 * to a process that died, and the clock must not stand still for it.
 */
const LOCK_LIFETIME_MS = 5_000;

export interface JobRunnerOptions {
  readonly jobs: readonly RecurringJob[];
  readonly store: AgendaStore;
  readonly log: Log;
}

/**
 * Agenda is the clock and nothing else: each tick goes to one process, which
 * wakes the job there. The work itself lives in our tables, its length is not
 * Agenda's concern, and a backlog of ticks is one run.
 */
export class JobRunner {
  readonly #jobs: readonly RecurringJob[];
  readonly #store: AgendaStore;
  readonly #log: Log;
  readonly #runs: CoalescedRuns;
  #agenda: Agenda | null = null;
  #open: OpenStore | null = null;

  constructor({ jobs, store, log }: JobRunnerOptions) {
    this.#jobs = jobs;
    this.#store = store;
    this.#log = log;
    this.#runs = new CoalescedRuns(jobs, log);
  }

  /** Starts the clock. Without it jobs run only when woken, as in a process that only serves the API. */
  async start(): Promise<void> {
    this.#open = await openAgendaStore(this.#store);
    const agenda = new Agenda({
      backend: this.#open.backend,
      processEvery: PROCESS_EVERY_MS,
      defaultLockLifetime: LOCK_LIFETIME_MS,
      defaultConcurrency: 1,
      maxConcurrency: this.#jobs.length + 1,
    });
    agenda.on('error', (error: unknown) => this.#log.warn({ err: error }, 'the clock of the jobs has a problem'));
    for (const { name } of this.#jobs) agenda.define(name, async () => void this.#runs.wake(name));
    for (const job of this.#jobs) await agenda.every(intervalOf(job), job.name, undefined, { timezone: 'UTC' });
    await agenda.start();
    this.#agenda = agenda;
  }

  /** Runs the job here and now: for whoever has just made work for it. Resolves after a run that saw that work. */
  wake(name: string): Promise<void> {
    return this.#runs.wake(name);
  }

  /** For readiness: throws when the clock was started and cannot reach its store. */
  async check(): Promise<void> {
    await this.#open?.backend.repository.getQueueSize();
  }

  /** True while the clock goes. */
  get ticking(): boolean {
    return this.#agenda !== null;
  }

  /** Stops the clock, lets runs end, and resolves with the names of those that did not within the time. */
  async drain(timeoutMs: number): Promise<readonly string[]> {
    const agenda = this.#agenda;
    this.#agenda = null;
    await agenda?.stop(false).catch((error: unknown) => this.#log.warn({ err: error }, 'the clock did not stop well'));
    const unfinished = await this.#runs.drain(timeoutMs);
    await this.#open?.close().catch((error: unknown) => this.#log.warn({ err: error }, 'the clock did not close well'));
    this.#open = null;
    return unfinished;
  }
}

function intervalOf({ name, everySeconds, cron }: RecurringJob): string | number {
  if (everySeconds !== undefined && cron === undefined && everySeconds > 0) return everySeconds * 1_000;
  if (cron !== undefined && everySeconds === undefined) return cron;
  throw new Error(`The job "${name}" needs either everySeconds or cron.`);
}
