import type { EventSource, FeedEvent } from '../events/feed-event.js';
import { ApiError } from '../graphql/errors.js';

export interface LiveEventsOptions {
  readonly operatorId: string;
  /** Replay what came after this cursor first. */
  readonly after?: string | null | undefined;
  readonly matches: (event: FeedEvent) => boolean;
  /** Events kept for a subscriber that reads slowly; beyond it the subscription ends. */
  readonly bufferMax?: number;
  readonly pageSize?: number;
}

/** What a subscription field's resolver returns. */
export function liveEvents(source: EventSource, options: LiveEventsOptions): AsyncGenerator<FeedEvent, void, void> {
  return new LiveEvents(source, options);
}

/**
 * Listens first and reads the past second, so that nothing can fall between;
 * what both brought is dropped by cursor, so that nothing comes twice. It is
 * written by hand because a generator function's `return()` waits for a
 * pending `next()`, and an idle subscription's never comes.
 */
class LiveEvents implements AsyncGenerator<FeedEvent, void, void> {
  private readonly bufferMax: number;
  private readonly pageSize: number;
  private readonly stopListening: () => void;
  private buffer: FeedEvent[] = [];
  private page: FeedEvent[] = [];
  /** How far the past has been read; null once live. */
  private replayedTo: string | null;
  /** The last that was read of the past, until something later is heard: whoever tells may be behind the log. */
  private knownTo: string | null = null;
  private overflowed = false;
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(
    private readonly source: EventSource,
    private readonly options: LiveEventsOptions,
  ) {
    this.bufferMax = options.bufferMax ?? 1_000;
    this.pageSize = options.pageSize ?? 200;
    this.replayedTo = options.after ?? null;
    this.stopListening = source.listen((batch) => this.receive(batch));
  }

  private wanted(event: FeedEvent): boolean {
    return event.operatorId === this.options.operatorId && this.options.matches(event);
  }

  private receive(batch: readonly FeedEvent[]): void {
    for (const event of batch) {
      if (this.overflowed || !this.wanted(event) || this.isKnown(event)) continue;
      if (this.buffer.length >= this.bufferMax) {
        this.overflowed = true;
        this.buffer = [];
      } else {
        this.buffer.push(event);
      }
    }
    if (this.buffer.length > 0 || this.overflowed) this.wake?.();
  }

  private isKnown({ cursor }: FeedEvent): boolean {
    if (this.knownTo === null) return false;
    const known = this.source.compare(cursor, this.knownTo) <= 0;
    if (!known) this.knownTo = null;
    return known;
  }

  /**
   * An overflow while replaying costs nothing: the lost events are in the log
   * and the next page brings them. The flag is lowered before reading, because
   * whatever was lost by then is already readable.
   */
  private async replayPage(after: string): Promise<void> {
    this.overflowed = false;
    const events = await this.source.readAfter(this.options.operatorId, after, this.pageSize);
    const readTo = events.at(-1)?.cursor ?? after;
    this.page = events.filter((event) => this.wanted(event));
    const caughtUp = events.length < this.pageSize && !this.overflowed;
    this.knownTo = readTo;
    if (caughtUp) this.buffer = this.buffer.filter((event) => !this.isKnown(event));
    this.replayedTo = caughtUp ? null : readTo;
  }

  async next(): Promise<IteratorResult<FeedEvent, void>> {
    while (!this.ended) {
      const event =
        this.page.shift() ?? (this.replayedTo === null && !this.overflowed ? this.buffer.shift() : undefined);
      if (event) return { done: false, value: event };
      if (this.replayedTo !== null) {
        await this.replayPage(this.replayedTo);
      } else if (this.overflowed) {
        this.end();
        throw tooSlow(this.bufferMax);
      } else {
        await this.somethingHappens();
      }
    }
    return { done: true, value: undefined };
  }

  private somethingHappens(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = null;
        resolve();
      };
    });
  }

  private end(): void {
    this.ended = true;
    this.stopListening();
    this.buffer = [];
    this.page = [];
    this.wake?.();
  }

  async return(): Promise<IteratorResult<FeedEvent, void>> {
    this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<FeedEvent, void>> {
    this.end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}

function tooSlow(bufferMax: number): ApiError {
  return new ApiError(
    'RATE_LIMITED',
    `More than ${bufferMax} events waited to be read. Subscribe again with \`after\` set to the last cursor you received; nothing is lost.`,
  );
}
