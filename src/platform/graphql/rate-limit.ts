import { ApiError } from './errors.js';

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export const DEFAULT_RATE: Rate = { perSecond: 200, burst: 400 };

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

type NowMs = () => number;

/** The monotonic clock, so that a step of the wall clock neither opens nor shuts the gate. */
const monotonicMs: NowMs = () => performance.now();

/** Full buckets say nothing that a new one would not; past this many, they are dropped. */
const BUCKETS_MAX = 10_000;

/** A token bucket per name, in this process only: it keeps one client from starving others here, and is not a quota. */
class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly nowMs: NowMs,
  ) {}

  /** How much there is to take, by now. */
  level(name: string): number {
    const bucket = this.#buckets.get(name);
    return bucket ? this.#levelOf(bucket, this.nowMs()) : this.rate.burst;
  }

  take(name: string): void {
    const now = this.nowMs();
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      if (this.#buckets.size >= BUCKETS_MAX) this.#forgetFull(now);
      bucket = { tokens: this.rate.burst, filledAtMs: now };
      this.#buckets.set(name, bucket);
    }
    bucket.tokens = this.#levelOf(bucket, now) - 1;
    bucket.filledAtMs = now;
  }

  #levelOf({ tokens, filledAtMs }: Bucket, now: number): number {
    return Math.min(this.rate.burst, tokens + ((now - filledAtMs) / 1000) * this.rate.perSecond);
  }

  #forgetFull(now: number): void {
    for (const [name, bucket] of this.#buckets) {
      if (this.#levelOf(bucket, now) >= this.rate.burst) this.#buckets.delete(name);
    }
  }
}

/** Counts a request with the key, or throws ApiError RATE_LIMITED. */
export function rateLimit(rate: Rate, nowMs = monotonicMs): (key: string) => void {
  const buckets = new TokenBuckets(rate, nowMs);
  return (key) => {
    const level = buckets.level(key);
    if (level < 1) throw rateLimited('requests with this key', level, rate);
    buckets.take(key);
  };
}

/**
 * Limits what goes wrong and never what goes well: whoever asks is asked to
 * say afterwards when it failed. Failures on the way at the same time may
 * overdraw the bucket, and the debt has to be waited off.
 */
export class FailureLimit {
  readonly #buckets: TokenBuckets;

  constructor(
    private readonly what: string,
    private readonly rate: Rate,
    nowMs = monotonicMs,
  ) {
    this.#buckets = new TokenBuckets(rate, nowMs);
  }

  /** RATE_LIMITED where there have been too many failures; null where another one may be risked. */
  refusal(name: string): ApiError | null {
    const level = this.#buckets.level(name);
    return level < 1 ? rateLimited(this.what, level, this.rate) : null;
  }

  failed(name: string): void {
    this.#buckets.take(name);
  }
}

function rateLimited(what: string, level: number, { perSecond }: Rate): ApiError {
  const retryAfterSeconds = Math.max(0.01, Math.ceil(((1 - level) / perSecond) * 100) / 100);
  const message = `Too many ${what}: ${perSecond} a second are allowed. Retry after ${retryAfterSeconds} s.`;
  return new ApiError('RATE_LIMITED', message, { retryAfterSeconds });
}
