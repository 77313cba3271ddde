import type { EventSource, FeedEvent } from '../../../src/platform/events/feed-event.js';

/** An event log in memory with the promises of the real one. */
export class MemoryEvents implements EventSource {
  readonly log: FeedEvent[] = [];
  readonly listeners = new Set<(batch: readonly FeedEvent[]) => void>();
  reads = 0;

  emit(text: string, { operatorId = 'op-1', subjectId = 's-1', type = 'thing.happened' } = {}): FeedEvent {
    const cursor = String(this.log.length + 1).padStart(8, '0');
    const event = { cursor, operatorId, type, subjectId, merchantId: null, occurredAt: new Date(0), payload: { text } };
    this.log.push(event);
    for (const listener of [...this.listeners]) listener([event]);
    return event;
  }

  listen(listener: (batch: readonly FeedEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async readAfter(operatorId: string, cursor: string, limit: number): Promise<readonly FeedEvent[]> {
    this.reads += 1;
    const page = this.log.filter((event) => event.operatorId === operatorId && event.cursor > cursor).slice(0, limit);
    await new Promise((resolve) => setImmediate(resolve));
    return page;
  }

  async past(): Promise<(event: FeedEvent) => boolean> {
    const end = this.log.length;
    return ({ cursor }) => Number(cursor) <= end;
  }

  compare(a: string, b: string): number {
    return a < b ? -1 : Number(a > b);
  }
}
