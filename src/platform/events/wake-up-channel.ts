import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { run, statement } from '../database/sql.js';
import type { Log } from '../logging/log.js';

/** One channel for everything: what is new is read from the log, so a wake-up needs to say nothing. */
const CHANNEL = 'quittance_events';

const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 5_000;

const NOTIFY = statement('notify_events', `select pg_notify('${CHANNEL}', $1)`);

/**
 * How processes wake each other: NOTIFY outside any business transaction, and
 * a connection that does nothing but LISTEN. Wake-ups may get lost (a broken
 * connection, a restart); whoever is woken also looks by itself now and then.
 */
export class WakeUpChannel {
  /** Tells our own wake-ups, which PostgreSQL sends back to us, from the others'. */
  readonly #sender = randomUUID();
  #client: pg.Client | null = null;
  #pause = RECONNECT_MIN_MS;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly url: string,
    private readonly log: Log,
    private readonly onWake: () => void,
  ) {}

  start(): void {
    this.#stopped = false;
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => {});
  }

  async wakeOthers(pool: pg.Pool): Promise<void> {
    await run(pool, NOTIFY, [this.#sender]);
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.url, keepAlive: true });
    this.#client = client;
    let lost = false;
    const onLoss = (error?: Error) => {
      if (lost) return;
      lost = true;
      this.#reconnectLater(client, error);
    };
    client.on('error', onLoss);
    client.on('end', () => onLoss());
    client.on('notification', ({ payload }) => {
      if (payload !== this.#sender) this.onWake();
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
      this.#pause = RECONNECT_MIN_MS;
      // Nobody told us of what happened while we were not listening.
      this.onWake();
    } catch (error) {
      onLoss(error instanceof Error ? error : undefined);
    }
  }

  #reconnectLater(client: pg.Client, error: Error | undefined): void {
    if (this.#stopped || this.#client !== client) return;
    this.log.warn({ err: error, pauseMs: this.#pause }, 'wake-up connection lost, reconnecting');
    client.end().catch(() => {});
    this.#timer = setTimeout(() => void this.#connect(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, RECONNECT_MAX_MS);
  }
}
