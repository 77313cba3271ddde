/** So much at once: whoever wants to begin more waits until one of them has ended. */
export class AtOnce {
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly max: number) {}

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Resolves when `work`, which must not fail, has begun. */
  async begin(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.max) await Promise.race(this.#running);
    const running = work().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** The same, but resolves with `work`'s own end, and fails as it does. */
  async through(work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<Promise<void>>();
    await this.begin(() => {
      const working = work();
      resolve(working);
      return working.catch(() => {});
    });
    await promise;
  }

  /** Resolves when all that has begun has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }
}
