import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { isNotified } from './domain/notified.js';
import { fanOut } from './fan-out.js';
import { OPERATORS_BEHIND } from './fan-out-sql.js';
import type { NotificationMeter } from './notification-meter.js';
import { WHAT_IS_NOTIFIED } from './what-is-notified.js';

/** Operators whose events are turned into notifications at once. */
const AT_ONCE = 4;

/** What the feed has not told of, because nobody followed it then, is looked for so often. */
const SWEEP_MS = 4_000;

export interface FollowParts {
  readonly units: UnitsOfWork;
  /** Across operators. */
  readonly system: Sql;
  readonly meter: NotificationMeter;
  readonly onMade: (operatorId: string, endpointIds: readonly string[]) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Follows the log of all operators and turns it into notifications, one batch of each operator in turn. */
export class LogFollower {
  readonly #awaited = new Set<string>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  #isStopping = false;

  constructor(private readonly parts: FollowParts) {}

  /** Whether there is something in it that somebody is to be told. */
  hear(batch: readonly FeedEvent[]): boolean {
    const before = this.#awaited.size;
    for (const event of batch) if (isNotified(WHAT_IS_NOTIFIED, event)) this.#awaited.add(event.operatorId);
    return this.#awaited.size > before;
  }

  stop(): void {
    this.#isStopping = true;
  }

  /** Until nothing is left of what was heard, and now and then of what was not. */
  async run(): Promise<void> {
    const now = performance.now();
    if (this.#awaited.size === 0 || now - this.#sweptAt > SWEEP_MS) {
      this.#sweptAt = now;
      const behind = await this.parts.system.query<{ id: string }>(OPERATORS_BEHIND);
      for (const { id } of behind) this.#awaited.add(id);
    }
    // Whoever is added meanwhile, by a full batch or by the feed, comes last: nobody's backlog holds up the others'.
    const takers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = this.#next(); next !== null; next = this.#next()) await this.#fanOut(next);
    });
    await Promise.all(takers);
  }

  #next(): string | null {
    const [first] = this.#awaited;
    if (first === undefined || this.#isStopping) return null;
    this.#awaited.delete(first);
    return first;
  }

  async #fanOut(operatorId: string): Promise<void> {
    const { units, meter, onMade, onFailure } = this.parts;
    try {
      const { made, endpointIds, isMore } = await units.sql(operatorId, fanOut);
      meter.made.inc(made);
      if (made > 0) onMade(operatorId, endpointIds);
      if (isMore) this.#awaited.add(operatorId);
    } catch (error) {
      onFailure(error);
    }
  }
}
