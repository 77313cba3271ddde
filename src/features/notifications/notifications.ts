import type { RecurringJob } from '../../platform/jobs/recurring-job.js';
import { Deliveries, type DeliveryParts } from './deliveries.js';
import { ENDPOINT_STATUSES } from './domain/words.js';
import { LogFollower } from './follow-log.js';
import { forgetOldNotifications } from './forget-old-notifications.js';
import { COUNT_ENDPOINTS, COUNT_WAITING, healStranded, operatorsWaiting } from './heal-stranded.js';

/** Woken by the feed; the clock finds what it did not tell of. */
export const FAN_OUT_JOB = 'notifications.fan-out';

/** What is under way at a stop has so long to end. */
const GRACE_MS = 2_000;

export type NotificationParts = DeliveryParts;

/** From the log to the receivers: what this process does of it. */
export class Notifications {
  readonly deliveries: Deliveries;
  readonly follower: LogFollower;

  constructor(private readonly parts: NotificationParts) {
    this.deliveries = new Deliveries(parts);
    const onMade = this.deliveries.attend.bind(this.deliveries);
    this.follower = new LogFollower({ ...parts, onMade });
  }

  get jobs(): readonly RecurringJob[] {
    const { deliveries, follower } = this;
    const follow = () => follower.run();
    const deliver = () => deliveries.find();
    const forget = async () => void (await forgetOldNotifications(this.parts.system, this.parts.units));
    return [
      { name: FAN_OUT_JOB, everySeconds: 5, handler: follow, onStop: () => follower.stop() },
      { name: 'notifications.deliver', everySeconds: 1, handler: deliver, onStop: () => deliveries.close() },
      { name: 'notifications.heal', everySeconds: 300, handler: () => this.#heal() },
      { name: 'notifications.count', everySeconds: 30, handler: () => this.#count() },
      { name: 'notifications.forget', cron: '53 3 * * *', handler: forget },
    ];
  }

  stop(): Promise<void> {
    this.follower.stop();
    return this.deliveries.stop(GRACE_MS);
  }

  async #heal(): Promise<void> {
    const { units, system, meter, onFailure } = this.parts;
    for (const operatorId of await operatorsWaiting(system)) {
      const healed = await units.sql(operatorId, healStranded).catch(onFailure);
      meter.stranded.inc(healed ?? 0);
    }
  }

  async #count(): Promise<void> {
    const { system, meter } = this.parts;
    const [all] = await system.query<{ waiting: bigint }>(COUNT_WAITING);
    meter.waiting.set(Number(all?.waiting ?? 0n));
    const counts = await system.query<{ status: string; endpoints: bigint }>(COUNT_ENDPOINTS);
    for (const status of ENDPOINT_STATUSES) {
      meter.endpoints.set({ status }, Number(counts.find((each) => each.status === status)?.endpoints ?? 0n));
    }
  }
}
