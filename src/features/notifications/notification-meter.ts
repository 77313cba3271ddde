import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What deliveries tell the operations staff. */
export interface NotificationMeter {
  readonly made: Counter;
  /** Tries, by how they ended. */
  readonly attempts: Counter<'outcome'>;
  readonly exhausted: Counter;
  /** From the event to the receiver's `ok`, of those that arrived at the first try. */
  readonly seconds: Histogram;
  /** Of all processes, when one of them last counted. */
  readonly waiting: Gauge;
  readonly endpoints: Gauge<'status'>;
  /** Those that waited behind nothing until somebody saw it. There should be none. */
  readonly stranded: Counter;
}

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 120, 600];

export function notificationMeter(registry: Registry): NotificationMeter {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `notifications_${name}_total`, help, registers });
  return {
    made: counter('made', 'Notifications written by this process.'),
    attempts: new Counter({
      name: 'notifications_attempts_total',
      help: 'Tries of this process, by how they ended; DELIVERED is the only good end.',
      labelNames: ['outcome'],
      registers,
    }),
    exhausted: counter('exhausted', 'Notifications that this process gave up after 72 hours.'),
    seconds: new Histogram({
      name: 'notifications_delivery_seconds',
      help: "From the event to the receiver's ok, of notifications that arrived at the first try.",
      buckets: SECONDS,
      registers,
    }),
    waiting: new Gauge({
      name: 'notifications_waiting',
      help: 'Notifications of all operators that have not arrived, when this process last counted.',
      registers,
    }),
    endpoints: new Gauge({
      name: 'notification_endpoints',
      help: 'Endpoints of all operators by status, when this process last counted.',
      labelNames: ['status'],
      registers,
    }),
    stranded: counter('stranded', 'Notifications that waited behind nothing, when found; there should be none.'),
  };
}
