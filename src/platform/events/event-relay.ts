import type pg from 'pg';
import type { Log } from '../logging/log.js';
import type { LogPosition } from './event-cursor.js';
import { BATCH_MAX, readLogEnd, readSettled } from './event-log-sql.js';
import type { FeedEvent } from './feed-event.js';
import { WakeUpChannel } from './wake-up-channel.js';

export type Listener = (batch: readonly FeedEvent[]) => void;

/** Finds what no wake-up told of. */
const POLL_MS = 1_000;

/** Reads begin at least this far apart, so that a flood of commits costs reads by time, not by commits. */
const SPACING_MS = 2;

/** Pauses while committed events wait for an older transaction: short at first, most end within milliseconds. */
const HELD_MIN_MS = 1;
const HELD_MAX_MS = 25;

/**
 * Follows the log for one process: reads what is new in batches, hands it to
 * the listeners here, and wakes the other processes once per batch that had
 * commits of ours in it. What it has announced, every later reader finds.
 */
export class EventRelay {
  readonly #listeners = new Set<Listener>();
  readonly #channel: WakeUpChannel;
  #position: LogPosition | null = null;
  #reading: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Asked for again while a read was under way, which may have been too early to see it. */
  #again = false;
  /** Something was committed here that the other processes have not been told of. */
  #untold = false;
  #heldPause = HELD_MIN_MS;
  #readAt = 0;
  #running = false;

  constructor(
    private readonly system: pg.Pool,
    systemUrl: string,
    private readonly log: Log,
  ) {
    this.#channel = new WakeUpChannel(systemUrl, log, () => this.#wake());
  }

  /** Begins at the log's end: what was there before is replayed by cursor, by whoever wants it. */
  async start(): Promise<void> {
    this.#position = await readLogEnd(this.system);
    this.#running = true;
    this.#channel.start();
    this.#schedule(POLL_MS);
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#channel.stop();
    await this.#reading;
  }

  /** To be called after a commit of this process that published events. */
  kick(): void {
    this.#untold = true;
    this.#wake();
  }

  listen(listener: Listener): () => void {
    const own: Listener = (batch) => listener(batch);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #wake(): void {
    if (!this.#running) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    const wait = this.#readAt + SPACING_MS - performance.now();
    if (wait > 0) this.#schedule(wait);
    else this.#read();
  }

  /** The earlier of the planned reads wins, and there is always one planned. */
  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(() => this.#read(), ms);
    this.#timer.unref();
  }

  #read(): void {
    if (!this.#running || this.#reading) return;
    clearTimeout(this.#timer);
    this.#again = false;
    this.#readAt = performance.now();
    this.#reading = this.#readBatch()
      .catch((error: unknown) => {
        this.log.warn({ err: error }, 'event log could not be read');
        return POLL_MS;
      })
      .then((pause) => {
        this.#reading = null;
        this.#schedule(this.#again ? SPACING_MS : pause);
      });
  }

  /** Resolves with the pause before the next read, if nobody asks for one sooner. */
  async #readBatch(): Promise<number> {
    const { events, position, held } = await readSettled(
      this.system,
      this.#position ?? { transactionId: 0n, sequence: 0n },
    );
    this.#position = position;
    if (events.length > 0) {
      this.#tell(events);
      this.#heldPause = HELD_MIN_MS;
      await this.#wakeOthers(held);
    }
    if (events.length === BATCH_MAX) return 0;
    if (!held) return POLL_MS;
    const pause = this.#heldPause;
    this.#heldPause = Math.min(pause * 2, HELD_MAX_MS);
    return pause;
  }

  /** A listener that fails is its own misfortune: the others hear all the same. */
  #tell(events: readonly FeedEvent[]): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(events);
      } catch (error) {
        this.log.error({ err: error }, 'a listener of the event feed failed');
      }
    }
  }

  /** A wake-up that fails is made good by the others' own polls. */
  async #wakeOthers(held: boolean): Promise<void> {
    if (!this.#untold) return;
    this.#untold = held;
    await this.#channel.wakeOthers(this.system).catch((error: unknown) => {
      this.log.warn({ err: error }, 'other processes could not be woken');
    });
  }
}
