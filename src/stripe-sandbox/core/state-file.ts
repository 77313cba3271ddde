import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { type Changes, Restoration, type State } from './changes.js';
import type { Notes } from './noted.js';

/** Raised when the stored shapes change; what cannot be read any more is refused rather than misread. */
const FORMAT = 2;
/** The first had fewer parts in a book and features of an account. */
const READABLE: readonly number[] = [1, FORMAT];

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
 * next to nothing. Nothing is lost when the process is killed; a machine that
 * loses its power may lose what it had not written through.
 */
export class StateFile {
  #generation = 0;
  #wholeBytes = 0;
  #changesBytes = 0;
  /** The changes, open for appending. */
  #changesOpen: number | null = null;

  constructor(private readonly file: string) {}

  /** What was kept; null when there is none yet. */
  read(notes: Notes): State | null {
    if (!existsSync(this.file)) return null;
    const { format, generation = 0, ...whole } = deserialize(readFileSync(this.file)) as Whole;
    if (!READABLE.includes(format)) {
      throw new Error(
        `The state file ${this.file} was written by another version of the sandbox; remove it to start afresh.`,
      );
    }
    this.#generation = generation;
    const restoration = new Restoration(whole, notes);
    for (const changes of this.#changes()) restoration.apply(changes);
    const { state } = restoration;
    forgetUnanswered(state);
    return state;
  }

  /** Written beside and then moved over, so that a crash leaves the older file whole. */
  writeWhole(state: State): void {
    this.#generation += 1;
    const whole: Whole = { format: FORMAT, generation: this.#generation, ...state };
    const bytes = serialize(whole);
    rmSync(`${this.file}.new`, { force: true });
    writeFileSync(`${this.file}.new`, bytes, OURS_ALONE);
    renameSync(`${this.file}.new`, this.file);
    if (this.#changesOpen !== null) closeSync(this.#changesOpen);
    this.#changesOpen = null;
    rmSync(this.#changesFile, { force: true });
    this.#wholeBytes = bytes.length;
    this.#changesBytes = 0;
  }

  /** Whether the changes have grown so long that a whole is the better thing to write. */
  get isDueForWhole(): boolean {
    return this.#changesBytes > Math.max(CHANGES_BYTES_MIN, this.#wholeBytes);
  }

  writeChanges(changes: Changes): void {
    const bytes = serialize({ generation: this.#generation, changes });
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    this.#changesOpen ??= openSync(this.#changesFile, 'a', OURS_ALONE.mode);
    appendFileSync(this.#changesOpen, Buffer.concat([length, bytes]));
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
