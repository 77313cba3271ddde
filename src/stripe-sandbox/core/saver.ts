import type { State } from './changes.js';
import type { Journal } from './journal.js';
import type { StateFile } from './state-file.js';
import type { World } from './world.js';

const KEPT = Promise.resolve();

/**
 * Keeps what changes on the disk. What one turn of the event loop changes is written at its
 * end, at once, and no answer leaves before: whoever was told of a payment finds it again
 * after the process was killed.
 */
export class Saver {
  #writing: Promise<void> | null = null;

  constructor(
    private readonly file: StateFile | null,
    private readonly journal: Journal,
    private readonly world: World,
    private readonly revokedKeys: () => string[],
  ) {
    if (file === null) return;
    file.writeWhole(this.#state());
    journal.begin(() => void this.kept());
  }

  /** Waits until everything that happened so far is on the disk. */
  readonly kept = (): Promise<void> => {
    if (this.journal.isClean) return KEPT;
    this.#writing ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#writing = null;
        try {
          this.flush();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.#writing;
  };

  readonly flush = (): void => {
    if (this.file === null || this.journal.isClean) return;
    if (this.file.isDueForWhole) {
      this.#writeWhole(this.file);
      return;
    }
    const { clock, accounts } = this.world;
    const changes = this.journal.take({ offsetMs: clock.offset, accounts, revokedKeys: this.revokedKeys() });
    if (changes !== null) this.file.writeChanges(changes);
  };

  /** A request that outlives the server, because it was slowed down, changes what nobody keeps any more. */
  close(): void {
    if (this.file !== null) this.#writeWhole(this.file);
    this.journal.end();
  }

  #writeWhole(file: StateFile): void {
    this.journal.clear();
    file.writeWhole(this.#state());
  }

  #state(): State {
    const { clock, accounts, timetable } = this.world;
    return {
      offsetMs: clock.offset,
      accounts: [...accounts.values()],
      revokedKeys: this.revokedKeys(),
      effects: timetable.entries,
    };
  }
}
