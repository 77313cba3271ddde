/** One entry of the event log as readers see it. */
export interface FeedEvent {
  readonly cursor: string;
  readonly operatorId: string;
  readonly type: string;
  readonly subjectId: string;
  readonly merchantId: string | null;
  readonly occurredAt: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * The event log for those who follow it in this process. Whatever `listen`
 * has announced, `readAfter` must be able to read: replay then live leaves no
 * gap only because of that.
 */
export interface EventSource {
  /** Live events in log order, from the moment of the call; returns how to stop. */
  listen(listener: (batch: readonly FeedEvent[]) => void): () => void;

  /** Events of one operator after a cursor, oldest first, at most `limit`. A broken cursor is INVALID_INPUT. */
  readAfter(operatorId: string, cursor: string, limit: number): Promise<readonly FeedEvent[]>;

  /** Tells the events that had happened at the moment of the call from those that come after it. */
  past(): Promise<(event: FeedEvent) => boolean>;

  /** Negative when `a` lies before `b` in the log. */
  compare(a: string, b: string): number;
}
