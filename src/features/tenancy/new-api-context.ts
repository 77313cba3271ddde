import type pg from 'pg';
import { ReadScope } from '../../platform/database/read-scope.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { EventSource } from '../../platform/events/feed-event.js';
import type { ApiContext } from './api-context.js';
import type { Principal } from './domain/principal.js';
import type { PrincipalWatch } from './principal-watch.js';

export interface ContextParts {
  /** Pipelined, and as the application's role. */
  readonly readPool: pg.Pool;
  readonly units: UnitsOfWork;
  readonly watch: PrincipalWatch;
  readonly events: EventSource;
}

/** A context for one request, or for one event of a subscription: nothing read for one is shown by another. */
export function newApiContext(
  { readPool, units, watch, events }: ContextParts,
  principal: Principal,
  requestId: string,
): ApiContext {
  const loaders = new Map<symbol, object>();
  return {
    principal,
    requestId,
    units,
    events,
    reads: new ReadScope(readPool, principal.operatorId),
    loader: <Loader extends object>(key: symbol, make: () => Loader): Loader => {
      const loader = (loaders.get(key) as Loader | undefined) ?? make();
      loaders.set(key, loader);
      return loader;
    },
    stillAllowed: () => watch.stillAllowed(principal),
  };
}
