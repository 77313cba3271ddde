import type { FastifyInstance } from 'fastify';
import { ApiError, type ApiErrorCode, STATUS } from '../graphql/errors.js';

export interface OverloadOptions {
  /**
   * Requests that may be under way at once, most of them waiting for somebody outside: a bound of memory. Not counted
   * are those whose bodies are arriving, since anybody could fill it with them: each has 100 kB and a minute at most.
   */
  readonly requestsMax?: number;
  /** Does the least that every request needs, such as an empty statement: as long as it waits, requests wait. */
  readonly probe?: () => Promise<unknown>;
  /** Beyond this wait, fewer are let in. */
  readonly waitMaxMs?: number;
}

const REQUESTS_MAX = 2_000;
/** Of those, so much may be one tenant's: somebody whose payment system hangs must not be in everybody's way. */
const SHARE = 1 / 4;
const WAIT_MAX_MS = 250;
const PROBE_EVERY_MS = 50;
/** So many are always let in: with fewer under way there is no queue that is worth looking at. */
const CROWD = 32;
/** Down quickly, since a queue grows quickly; up again in small steps, which find out what is possible now. */
const LESS = 0.7;
const MORE = 1.05;
const RETRY_AFTER_SECONDS = 1;

const CODE: ApiErrorCode = 'OVERLOADED';
const RETRY = `Retry after ${RETRY_AFTER_SECONDS} s, with the same idempotencyKey.`;
/** Made once: what is turned away has to cost next to nothing, or that alone would be too much. */
const REFUSAL = JSON.stringify({
  errors: [
    {
      message: `There is too much to do at the moment, and nothing was done of this request. ${RETRY}`,
      extensions: { retryAfterSeconds: RETRY_AFTER_SECONDS, code: CODE },
    },
  ],
});

/**
 * Turns requests away, before anything is read or done for them, while those
 * that are here already wait too long for what is ours: this thread, a
 * connection, the database. A slow payment system is waited for and is no
 * overload. What is turned away costs so little that the queue becomes shorter
 * however much is asked, and who was let in is answered while it still matters.
 */
export class Overload {
  private readonly requestsMax: number;
  private readonly waitMaxMs: number;
  private readonly timer: NodeJS.Timeout;
  private underWay = 0;
  private readonly shares = new Map<string, number>();
  /** How many may be under way by now. */
  private limit: number;
  private lessenedAt = Number.NEGATIVE_INFINITY;
  private askedAt: number | null = null;
  private lastWaitMs = 0;

  constructor(
    private readonly options: OverloadOptions,
    private readonly refused: (code: ApiErrorCode) => void,
  ) {
    this.requestsMax = options.requestsMax ?? REQUESTS_MAX;
    this.waitMaxMs = options.waitMaxMs ?? WAIT_MAX_MS;
    this.limit = this.requestsMax;
    this.timer = setInterval(() => this.look(), PROBE_EVERY_MS).unref();
  }

  /** Refuses by 503 what comes to the routes of this plugin while there is too much. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', (_request, reply, done) => {
      if (this.underWay < this.limit) return done();
      this.refused(CODE);
      reply.code(STATUS[CODE]).header('retry-after', RETRY_AFTER_SECONDS).type('application/json; charset=utf-8');
      reply.send(REFUSAL);
    });
  }

  /** Counts the work, for as long as it takes and not only as long as somebody waits for its answer. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }

  /** Takes a place of the tenant's share until what is returned is called; throws ApiError OVERLOADED without one. */
  enter(tenant: string): () => void {
    const before = this.shares.get(tenant) ?? 0;
    if (before >= this.requestsMax * SHARE) throw shareTaken(before);
    this.shares.set(tenant, before + 1);
    return () => {
      const left = (this.shares.get(tenant) ?? 1) - 1;
      if (left > 0) this.shares.set(tenant, left);
      else this.shares.delete(tenant);
    };
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const crowded = this.underWay >= CROWD;
    // What a crowd has waited for says nothing of the next one.
    if (!crowded) this.lastWaitMs = 0;
    if (crowded && this.askedAt === null) void this.ask();
    if (crowded && this.waitMs() > this.waitMaxMs) this.lessen();
    else this.limit = Math.min(this.requestsMax, Math.ceil(this.limit * MORE));
  }

  /** Not again before what was let in by the last limit can have been answered. */
  private lessen(): void {
    const now = performance.now();
    if (now - this.lessenedAt < this.waitMaxMs) return;
    this.lessenedAt = now;
    this.limit = Math.min(this.limit, Math.max(CROWD, Math.floor(this.underWay * LESS)));
  }

  /** What the last took, or by now this one. */
  private waitMs(): number {
    const soFar = this.askedAt === null ? 0 : performance.now() - this.askedAt;
    return Math.max(this.lastWaitMs, soFar);
  }

  private async ask(): Promise<void> {
    this.askedAt = performance.now();
    try {
      await this.options.probe?.();
      this.lastWaitMs = performance.now() - this.askedAt;
    } catch {
      // What cannot be asked has not been waited for: requests find out by themselves, and are told.
      this.lastWaitMs = 0;
    } finally {
      this.askedAt = null;
    }
  }
}

function shareTaken(underWay: number): ApiError {
  const message = `${underWay} requests of yours are under way, which is your share, and nothing was done of this one: does your payment system answer slowly? ${RETRY}`;
  return new ApiError(CODE, message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}
