/** As many files as may are being made or loaded at this moment. */
export class DownloadsBusy extends Error {
  override readonly name = 'DownloadsBusy';
}

/** How many of something may be under way in this process, and how many of one owner, who so leaves room for others. */
export class Slots {
  readonly #taken: string[] = [];

  constructor(
    private readonly max: number,
    private readonly maxOfOne: number,
  ) {}

  /** Throws `DownloadsBusy`; what it returns gives the slot back, once. */
  take(owner: string): () => void {
    const own = this.#taken.filter((each) => each === owner).length;
    if (this.#taken.length >= this.max || own >= this.maxOfOne) throw new DownloadsBusy('too many downloads');
    this.#taken.push(owner);
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken.splice(this.#taken.indexOf(owner), 1);
      isTaken = false;
    };
  }
}
