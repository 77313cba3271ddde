import type { Log } from '../platform/logging/log.js';

/** What was started, to be ended in the opposite order: also when the start itself fails halfway. */
export class Teardown {
  readonly #steps: { readonly what: string; readonly end: () => unknown }[] = [];
  #running: Promise<void> | null = null;

  constructor(private readonly log: Log) {}

  /** What is started while the end has begun is ended at once. */
  add(what: string, end: () => unknown): void {
    this.#steps.push({ what, end });
    if (this.#running) this.#running = this.#running.then(() => this.#all());
  }

  get begun(): boolean {
    return this.#running !== null;
  }

  /** Every step is tried, whatever became of the one before it. */
  run(): Promise<void> {
    this.#running ??= this.#all();
    return this.#running;
  }

  async #all(): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.end();
      } catch (error) {
        this.log.error({ err: error, step: step.what }, 'could not be ended well');
      }
    }
  }
}
