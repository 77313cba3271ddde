import type pg from 'pg';
import { ReadScope } from '../database/read-scope.js';
import type { Log } from '../logging/log.js';
import { comparePositions, positionOf } from './event-cursor.js';
import { readOperatorAfter, readSnapshot } from './event-log-sql.js';
import { EventRelay, type Listener } from './event-relay.js';
import type { EventSource, FeedEvent } from './feed-event.js';

export interface EventLogOptions {
  /** Reads one operator's events, in its scope. */
  readonly app: pg.Pool;
  /** Follows the whole log: across operators, and read only. */
  readonly system: pg.Pool;
  /** For a connection of its own that LISTENs. */
  readonly systemUrl: string;
  readonly log: Log;
}

/** The event log of PostgreSQL as this process follows it. */
export class EventLog implements EventSource {
  readonly #app: pg.Pool;
  readonly #system: pg.Pool;
  readonly #relay: EventRelay;

  constructor({ app, system, systemUrl, log }: EventLogOptions) {
    this.#app = app;
    this.#system = system;
    this.#relay = new EventRelay(system, systemUrl, log);
  }

  start(): Promise<void> {
    return this.#relay.start();
  }

  stop(): Promise<void> {
    return this.#relay.stop();
  }

  /** To be called after every commit here that published events; arrow function, so that it can be handed on. */
  readonly kick = (): void => this.#relay.kick();

  listen(listener: Listener): () => void {
    return this.#relay.listen(listener);
  }

  /** How many listen, for metrics and for tests of leaks. */
  get listeners(): number {
    return this.#relay.listeners;
  }

  async readAfter(operatorId: string, cursor: string, limit: number): Promise<readonly FeedEvent[]> {
    return readOperatorAfter(new ReadScope(this.#app, operatorId), positionOf(cursor), limit);
  }

  async past(): Promise<(event: FeedEvent) => boolean> {
    const isVisible = await readSnapshot(this.#system);
    return ({ cursor }) => isVisible(positionOf(cursor).transactionId);
  }

  compare(a: string, b: string): number {
    return comparePositions(positionOf(a), positionOf(b));
  }
}
