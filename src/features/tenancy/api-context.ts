import type { ReadScope } from '../../platform/database/read-scope.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { EventSource } from '../../platform/events/feed-event.js';
import type { Principal } from './domain/principal.js';

/** What every resolver is given: who asks, a scope to read in, and the way to change something. */
export interface ApiContext {
  readonly principal: Principal;
  readonly requestId: string;
  /** Reads of this request, batched, in the principal's operator. */
  readonly reads: ReadScope;
  readonly units: UnitsOfWork;
  /** What subscriptions listen to. */
  readonly events: EventSource;
  /** One loader of each kind per request: `loader(key, make)` makes it at first use. */
  loader<Loader extends object>(key: symbol, make: () => Loader): Loader;
  /** False as soon as the key is revoked or expired, or its operator suspended. Asked before each live event. */
  stillAllowed(): boolean;
}
