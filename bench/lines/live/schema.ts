import { GraphQLFloat, GraphQLID, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { EventSource, FeedEvent } from '../../../src/platform/events/feed-event.js';
import { liveEvents } from '../../../src/platform/live/live-events.js';

export const DOCUMENT = `subscription OrderStatusChanged($merchantId: ID) {
  orderStatusChanged(merchantId: $merchantId) { cursor occurredAt previousStatus status order { id status amount { amount currency } } }
}`;

export interface BenchContext {
  readonly requestId: string;
  readonly groupScope: string | undefined;
  readonly source: EventSource;
}

const text = { type: new GraphQLNonNull(GraphQLString) };
const Money = new GraphQLObjectType({ name: 'Money', fields: { amount: text, currency: text } });
const Order = new GraphQLObjectType({
  name: 'Order',
  fields: { id: { type: new GraphQLNonNull(GraphQLID) }, status: text, amount: { type: new GraphQLNonNull(Money) } },
});
const OrderStatusChanged = new GraphQLObjectType({
  name: 'OrderStatusChanged',
  fields: {
    cursor: text,
    occurredAt: text,
    previousStatus: text,
    status: text,
    order: { type: new GraphQLNonNull(Order) },
  },
});

export const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { now: { type: GraphQLFloat } } }),
  subscription: new GraphQLObjectType<unknown, BenchContext>({
    name: 'Subscription',
    fields: {
      orderStatusChanged: {
        type: new GraphQLNonNull(OrderStatusChanged),
        args: { merchantId: { type: GraphQLID } },
        subscribe: (_root, _args, { source }) =>
          liveEvents(source, { operatorId: 'op', matches: ({ type }) => type === 'order' }),
        resolve: (event) => resultOf(event as FeedEvent),
      },
    },
  }),
});

/** What the subscription answers for an event; the raw frame carries exactly the same. */
export function resultOf({ cursor, occurredAt, subjectId }: FeedEvent) {
  return {
    cursor,
    occurredAt: occurredAt.toISOString(),
    previousStatus: 'AUTHORIZED',
    status: 'CAPTURED',
    order: { id: subjectId, status: 'CAPTURED', amount: { amount: '129.90', currency: 'EUR' } },
  };
}

/** Announces made-up events to whoever listens. */
export class BenchEvents implements EventSource {
  private readonly listeners = new Set<(batch: readonly FeedEvent[]) => void>();
  private emitted = 0;

  emit(): void {
    this.emitted += 1;
    const event: FeedEvent = {
      cursor: `0000000000${this.emitted}.1`,
      operatorId: 'op',
      type: 'order',
      subjectId: 'ord_01jd3e4567890123456789abcd',
      merchantId: null,
      occurredAt: new Date(1_763_712_000_000),
      payload: {},
    };
    for (const listener of this.listeners) listener([event]);
  }

  listen(listener: (batch: readonly FeedEvent[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async past(): Promise<(event: FeedEvent) => boolean> {
    return () => false;
  }

  async readAfter(): Promise<readonly FeedEvent[]> {
    return [];
  }

  compare(a: string, b: string): number {
    return a.localeCompare(b);
  }
}
