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

/** Full buckets say nothing that a new one would not; past this many, they are dropped. */
const BUCKETS_MAX = 10_000;

/**
 * A token bucket per key, in this process only: it keeps one client from
 * starving others here, and is not a quota. Time is the monotonic clock's, so
 * that a step of the wall clock neither opens nor shuts the gate.
 */
export function rateLimit(
  { perSecond, burst }: Rate,
  nowMs: () => number = () => performance.now(),
): (key: string) => void {
  const buckets = new Map<string, Bucket>();
  const levelOf = (bucket: Bucket, now: number) =>
    Math.min(burst, bucket.tokens + ((now - bucket.filledAtMs) / 1000) * perSecond);

  const forgetFull = (now: number) => {
    for (const [key, bucket] of buckets) if (levelOf(bucket, now) >= burst) buckets.delete(key);
  };

  return (key) => {
    const now = nowMs();
    let bucket = buckets.get(key);
    if (!bucket) {
      if (buckets.size >= BUCKETS_MAX) forgetFull(now);
      bucket = { tokens: burst, filledAtMs: now };
      buckets.set(key, bucket);
    }
    bucket.tokens = levelOf(bucket, now);
    bucket.filledAtMs = now;
    if (bucket.tokens < 1) throw rateLimited((1 - bucket.tokens) / perSecond, perSecond);
    bucket.tokens -= 1;
  };
}

function rateLimited(waitSeconds: number, perSecond: number): ApiError {
  const retryAfterSeconds = Math.max(0.01, Math.ceil(waitSeconds * 100) / 100);
  const message = `Too many requests with this key: ${perSecond} a second are allowed. Retry after ${retryAfterSeconds} s.`;
  return new ApiError('RATE_LIMITED', message, { retryAfterSeconds });
}
