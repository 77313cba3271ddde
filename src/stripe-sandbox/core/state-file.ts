import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { applyChanges, ChangeFinder, type Changes, type State } from './changes.js';
import { emptyBook } from './state.js';

/** Raised when the stored shapes change; an older file is then refused rather than misread. */
const FORMAT = 1;

/** It holds keys. */
const OURS_ALONE = { mode: 0o600 };

/** Past this, and past the size of the whole, changes are written as a new whole. */
const CHANGES_BYTES_MIN = 4_000_000;

const LENGTH_BYTES = 4;

interface Whole extends State {
  format: number;
  /** Changes belong to the whole of the same number; those of an older one are in it already. */
  generation?: number;
}

/** A request that was under way when the process ended is carried out by nobody now: its key is free again. */
function forgetUnanswered({ accounts }: State): void {
  for (const { savedReplies } of accounts.flatMap(({ test, live }) => [test, live])) {
    for (const [key, { status }] of savedReplies) if (status === 0) savedReplies.delete(key);
  }
}

/**
 * The state on the disk: a whole, and beside it the changes since, each
 * appended as it happens. A whole costs a second of a large sandbox, a change
 * next to nothing, so that little is lost when the process is killed.
 */
export class StateFile {
  readonly #finder = new ChangeFinder();
  #generation = 0;
  #wholeBytes = 0;
  #changesBytes = 0;

  constructor(private readonly file: string) {}

  /** What was kept; null when there is none yet. */
  read(): State | null {
    if (!existsSync(this.file)) return null;
    const { format, generation = 0, ...state } = deserialize(readFileSync(this.file)) as Whole;
    if (format !== FORMAT) {
      throw new Error(
        `The state file ${this.file} was written by another version of the sandbox; remove it to start afresh.`,
      );
    }
    this.#generation = generation;
    for (const changes of this.#changes()) applyChanges(state, changes, emptyBook);
    forgetUnanswered(state);
    return state;
  }

  /** Written beside and then moved over, so that a crash leaves the older file whole. */
  writeWhole(state: State): void {
    this.#generation += 1;
    this.#finder.take(state);
    const whole: Whole = { format: FORMAT, generation: this.#generation, ...state };
    const bytes = serialize(whole);
    rmSync(`${this.file}.new`, { force: true });
    writeFileSync(`${this.file}.new`, bytes, OURS_ALONE);
    renameSync(`${this.file}.new`, this.file);
    rmSync(this.#changesFile, { force: true });
    this.#wholeBytes = bytes.length;
    this.#changesBytes = 0;
  }

  writeChanges(state: State): void {
    if (this.#changesBytes > Math.max(CHANGES_BYTES_MIN, this.#wholeBytes)) {
      this.writeWhole(state);
      return;
    }
    const changes = this.#finder.take(state);
    if (!changes) return;
    const bytes = serialize({ generation: this.#generation, changes });
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    appendFileSync(this.#changesFile, Buffer.concat([length, bytes]), OURS_ALONE);
    this.#changesBytes += LENGTH_BYTES + bytes.length;
  }

  get #changesFile(): string {
    return `${this.file}.changes`;
  }

  /** Up to one that was cut off when the process ended. */
  *#changes(): Generator<Changes> {
    if (!existsSync(this.#changesFile)) return;
    const bytes = readFileSync(this.#changesFile);
    for (let from = 0; from + LENGTH_BYTES <= bytes.length; ) {
      const end = from + LENGTH_BYTES + bytes.readUInt32BE(from);
      if (end > bytes.length) return;
      const read = deserialize(bytes.subarray(from + LENGTH_BYTES, end)) as { generation: number; changes: Changes };
      if (read.generation === this.#generation) yield read.changes;
      from = end;
    }
  }
}
