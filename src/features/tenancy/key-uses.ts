import { statement } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Log } from '../../platform/logging/log.js';
import type { KeyName } from './known-keys.js';

/** `lastUsedAt` is exact to the minute; writing it at every request would cost more than it tells. */
const NOTED_EVERY_MS = 60_000;
const FLUSH_EVERY_MS = 5_000;

/** Several processes may note the same key in the same minute; the first is enough. */
const TOUCH_KEYS = statement(
  'touch_api_keys',
  `update api_keys set last_used_at = $3::timestamptz where operator_id = $1 and id = any($2::uuid[])
   and (last_used_at is null or last_used_at < $3::timestamptz - interval '1 minute')`,
);

/** When keys were last used: gathered in memory, written in batches, never in a request's way. */
export class KeyUses {
  readonly #notedMs = new Map<string, number>();
  #unwritten = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly units: UnitsOfWork,
    private readonly log: Log,
  ) {}

  note({ operatorId, id }: KeyName): void {
    const nowMs = performance.now();
    if (nowMs - (this.#notedMs.get(id) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return;
    this.#notedMs.set(id, nowMs);
    const ids = this.#unwritten.get(operatorId) ?? new Set();
    this.#unwritten.set(operatorId, ids.add(id));
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  /** Writes what was gathered; also to be called at shutdown. A failure loses a time stamp, and is only logged. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const unwritten = this.#unwritten;
    this.#unwritten = new Map();
    this.#forgetLongAgo();
    for (const [operatorId, ids] of unwritten) {
      await this.units
        .sql(operatorId, (transaction) => transaction.query(TOUCH_KEYS, [operatorId, [...ids], transaction.realNow]))
        .catch((error: unknown) => this.log.warn({ err: error, operatorId }, 'uses of API keys could not be written'));
    }
  }

  #forgetLongAgo(): void {
    const limitMs = performance.now() - NOTED_EVERY_MS;
    for (const [id, notedMs] of this.#notedMs) if (notedMs < limitMs) this.#notedMs.delete(id);
  }
}
