import 'reflect-metadata';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../../src/entities.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate, urlFor } from '../../src/platform/database/migrate.js';
import { pipelinedPool } from '../../src/platform/database/pools.js';
import { EventLog } from '../../src/platform/events/event-log.js';
import type { FeedEvent } from '../../src/platform/events/feed-event.js';
import { createLog } from '../../src/platform/logging/log.js';
import { fastFolder } from '../support/fast-folder.js';

export const silent = createLog({ level: 'silent' });

/** Some tests fill and index whole tables, which needs no log as long as nobody follows it. */
const SETTINGS = { wal_level: 'minimal', max_wal_senders: '0' };

/** One real server with the product's tables, and everything that a "process" opens on it. */
export class EventsDatabase {
  readonly #closing: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly server: EmbeddedPostgres,
    private readonly folder: string,
    readonly ownerUrl: string,
    readonly owner: pg.Pool,
  ) {}

  static async start(): Promise<EventsDatabase> {
    const folder = await fastFolder('quittance-events-');
    const server = await startEmbeddedPostgres({
      dataDir: path.join(folder, 'pg'),
      password: 'owner',
      durable: false,
      settings: SETTINGS,
    });
    const ownerUrl = `${server.url}postgres`;
    await migrate(ownerUrl, { entities: ENTITIES, migrations: MIGRATIONS }, { app: 'app', system: 'system' });
    const owner = new pg.Pool({ connectionString: ownerUrl });
    owner.on('error', () => {});
    return new EventsDatabase(server, folder, ownerUrl, owner);
  }

  get appUrl(): string {
    return urlFor(this.ownerUrl, 'quittance_app', 'app');
  }

  get systemUrl(): string {
    return urlFor(this.ownerUrl, 'quittance_system', 'system');
  }

  /** What one process of the product has: its own pools, its own relay. */
  async process(): Promise<{ log: EventLog; app: pg.Pool; system: pg.Pool }> {
    const app = pipelinedPool(this.appUrl, 8);
    const system = pipelinedPool(this.systemUrl, 4);
    const log = new EventLog({ app, system, systemUrl: this.systemUrl, log: silent });
    await log.start();
    this.onClose(async () => {
      await log.stop();
      await Promise.all([app.end(), system.end()]);
    });
    return { log, app, system };
  }

  onClose(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  /** Closes what the test opened; the server stays. */
  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map((close) => close()));
  }

  async stop(): Promise<void> {
    await this.close();
    await this.owner.end();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Remembers what a listener heard, and can wait for more. */
export class Heard {
  readonly events: FeedEvent[] = [];
  #waiting: (() => void)[] = [];

  readonly listener = (batch: readonly FeedEvent[]): void => {
    this.events.push(...batch);
    for (const wake of this.#waiting.splice(0)) wake();
  };

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  async until(count: number, timeoutMs = 20_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.events.length < count) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`heard ${this.events.length} of ${count}: ${this.types.slice(-20).join(' ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}
