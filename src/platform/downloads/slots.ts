/** As many files as may are being made, loaded or received at this moment. */
export class FilesBusy extends Error {
  override readonly name = 'FilesBusy';
}

/** How many of something may be under way in this process, and how many of one owner, who so leaves room for others. */
export class Slots {
  readonly #taken: string[] = [];

  constructor(
    private readonly max: number,
    private readonly maxOfOne: number,
  ) {}

  /** Throws `FilesBusy`; what it returns gives the slot back, once. */
  take(owner: string): () => void {
    const own = this.#taken.filter((each) => each === owner).length;
    if (this.#taken.length >= this.max || own >= this.maxOfOne) throw new FilesBusy('too many files');
    this.#taken.push(owner);
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken.splice(this.#taken.indexOf(owner), 1);
      isTaken = false;
    };
  }
}
