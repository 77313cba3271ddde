/** Told the key of every entry that was touched. */
export type Note = (key: string | number) => void;

/** Where the parts of a book say what was touched, so that a save costs what changed and not what there is. */
export interface Notes {
  noteFor(accountId: string, livemode: boolean, part: string): Note;
}

/** A map that says what was touched. Its notes are private, so they are not kept with it. */
export class NotedMap<V> extends Map<string, V> {
  readonly #note: Note;

  constructor(note: Note, entries: Iterable<readonly [string, V]> = []) {
    super();
    for (const [key, value] of entries) super.set(key, value);
    this.#note = note;
  }

  override set(key: string, value: V): this {
    this.#note(key);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    this.#note(key);
    return super.delete(key);
  }
}

/** The same for a set. */
export class NotedSet extends Set<string> {
  readonly #note: Note;

  constructor(note: Note, values: Iterable<string> = []) {
    super();
    for (const value of values) super.add(value);
    this.#note = note;
  }

  override add(value: string): this {
    this.#note(value);
    return super.add(value);
  }

  override delete(value: string): boolean {
    this.#note(value);
    return super.delete(value);
  }
}
