import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Door = 'query-text' | 'trusted-document';

/** What the edge counts. Features add their own to `registry`. */
export interface Metrics {
  readonly registry: Registry;
  readonly graphqlSeconds: Histogram<'door'>;
  readonly graphqlErrors: Counter<'code'>;
  readonly sockets: Gauge;
  readonly subscriptions: Gauge;
  readonly liveFrames: Counter;
}

/** Bounds in seconds: from a trusted read (1 ms) to the payment system's slow answers. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

/** A registry of its own for each server, so that several can live in one test process. */
export function createMetrics({ processMetrics }: { readonly processMetrics: boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (processMetrics) collectDefaultMetrics({ register: registry });
  return {
    registry,
    graphqlSeconds: new Histogram({
      name: 'graphql_request_seconds',
      help: 'Time from the request to its answer, by door.',
      labelNames: ['door'],
      buckets: SECONDS,
      registers,
    }),
    graphqlErrors: new Counter({
      name: 'graphql_errors_total',
      help: 'GraphQL errors sent, by code.',
      labelNames: ['code'],
      registers,
    }),
    sockets: new Gauge({ name: 'live_sockets', help: 'Open WebSockets.', registers }),
    subscriptions: new Gauge({ name: 'live_subscriptions', help: 'Running subscriptions.', registers }),
    liveFrames: new Counter({ name: 'live_frames_total', help: 'Events written to sockets.', registers }),
  };
}

/** A figure that is read when it is asked for. */
export function readGauge(
  registry: Registry,
  { name, help, read }: { name: string; help: string; read(): number },
): void {
  const collect = function (this: Gauge): void {
    this.set(read());
  };
  new Gauge({ name, help, collect, registers: [registry] });
}
