import { AtOnce } from '../agreements/index.js';

/**
 * So much at once of each operator: one whose payment system is slow, or who has
 * many files, holds up nobody but itself.
 */
export class FairShare {
  readonly #shares = new Map<string, { readonly share: AtOnce; users: number }>();

  constructor(private readonly max: number) {}

  /** Resolves with the end of `work`, which begins when there is room for it among the operator's own. */
  async through(operatorId: string, work: () => Promise<void>): Promise<void> {
    const known = this.#shares.get(operatorId) ?? { share: new AtOnce(this.max), users: 0 };
    this.#shares.set(operatorId, known);
    known.users += 1;
    try {
      await known.share.through(work);
    } finally {
      known.users -= 1;
      if (known.users === 0) this.#shares.delete(operatorId);
    }
  }
}
