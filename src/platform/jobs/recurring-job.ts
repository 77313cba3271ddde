/**
 * Work that is looked for now and then. A tick is only a reason to look: what
 * is due is in our tables, and the handler claims it there, so a tick too many
 * does nothing and one too few is made up for by the next.
 */
export interface RecurringJob {
  readonly name: string;
  /** Exactly one of the two says when. */
  readonly everySeconds?: number;
  /** Five fields, in UTC. */
  readonly cron?: string;
  readonly handler: () => Promise<void>;
  /**
   * Told when the process is about to end: a long backlog stops between two portions. Resolves, where it is a promise,
   * when what its runs have begun and not waited for has ended, too.
   */
  readonly onStop?: () => void | Promise<void>;
}
