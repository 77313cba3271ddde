import { LruMap } from '../../platform/graphql/lru-map.js';
import { type Carriers, type LinkedOrder, lookAtPayment } from '../orders/index.js';

const REMEMBERED_MAX = 10_000;
const AGAIN_AFTER_MS = 1_500;

interface Look {
  readonly begunMs: number;
  readonly done: Promise<unknown>;
}

/**
 * Asks payment systems how payments stand, of one order not more often than it
 * is news: whoever has a link may load its page as often as they like, and is
 * not to use up how often the operator may ask.
 */
export class RecentLooks {
  readonly #looks = new LruMap<string, Look>(REMEMBERED_MAX);

  constructor(private readonly carriers: Carriers) {}

  async look(linked: LinkedOrder): Promise<void> {
    const nowMs = performance.now();
    const recent = this.#looks.get(linked.orderId);
    const look = recent && nowMs - recent.begunMs < AGAIN_AFTER_MS ? recent : this.#begin(linked, nowMs);
    await look.done;
  }

  #begin(linked: LinkedOrder, begunMs: number): Look {
    const look = { begunMs, done: lookAtPayment(this.carriers, linked) };
    this.#looks.set(linked.orderId, look);
    return look;
  }
}
