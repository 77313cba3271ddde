import { setTimeout as pause } from 'node:timers/promises';

/** Something that is due, and whose. */
export interface Due {
  readonly operatorId: string;
  readonly id: string;
}

/** How many of one operator's things are worked on at once: its payment system has a pace of its own. */
const AT_ONCE = 4;

/**
 * How long a run waits for its slowest operator before the next run may begin.
 * Longer than a payment system takes that is well; one that is not takes 20 s
 * a call and must not hold up the others'.
 */
const PATIENCE_MS = 5_000;

/**
 * Works off what is due, each operator on a lane of its own. An operator whose
 * lane is still busy with the last run is passed over: what it has due waits,
 * nobody else's does.
 */
export class OperatorLanes {
  readonly #busy = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();
  #stopping = false;

  constructor(private readonly onError: (error: unknown) => void) {}

  /** Whoever works off a long backlog asks this between two portions: the process is about to end. */
  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Resolves when no lane is busy any more: a run does not wait for the slowest, but whoever ends the process has to. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#underWay);
  }

  /** Resolves with how many things were begun: when they are done, or when waiting for the slowest has taken too long. */
  async work<Item extends Due>(due: readonly Item[], each: (item: Item) => Promise<void>): Promise<number> {
    const free = due.filter(({ operatorId }) => !this.#busy.has(operatorId));
    const lanes = [...Map.groupBy(free, ({ operatorId }) => operatorId)].map(([operatorId, items]) => {
      const lane = this.#lane(operatorId, items, each).finally(() => this.#underWay.delete(lane));
      this.#underWay.add(lane);
      return lane;
    });
    const enough = new AbortController();
    await Promise.race([Promise.all(lanes), pause(PATIENCE_MS, undefined, { signal: enough.signal }).catch(() => {})]);
    enough.abort();
    return free.length;
  }

  async #lane<Item extends Due>(
    operatorId: string,
    items: readonly Item[],
    each: (item: Item) => Promise<void>,
  ): Promise<void> {
    this.#busy.add(operatorId);
    const waiting = items.values();
    const track = async () => {
      for (const item of waiting) await each(item).catch(this.onError);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, track));
    this.#busy.delete(operatorId);
  }
}
