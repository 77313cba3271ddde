import type { PubSub } from 'type-graphql';

/**
 * type-graphql demands a `pubSub` as soon as one subscription exists, even
 * when each brings its own `subscribe`. Ours all do (`liveEvents`), so this
 * one is never reached.
 */
export const pubSubStub: PubSub = {
  publish: () => {
    throw new Error('publish through the event log, not through type-graphql');
  },
  subscribe: () => {
    throw new Error('a subscription must give its own `subscribe`; see liveEvents');
  },
};
