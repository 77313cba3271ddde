import 'reflect-metadata';
import { Registry } from 'prom-client';
import { notificationMeter } from '../../../src/features/notifications/notification-meter.js';
import { Notifications } from '../../../src/features/notifications/notifications.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Egress } from '../../../src/platform/egress/egress.js';
import { EventLog } from '../../../src/platform/events/event-log.js';
import { CoalescedRuns } from '../../../src/platform/jobs/coalesced-runs.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import { type Memory, watchMemory } from '../../support/memory-watch.js';
import type { ServerSettings } from '../../support/world.js';

/** The worker's part of notifications, with its feed and its clock. */
const { appUrl, systemUrl, masterKey } = settings<ServerSettings>();
const log = createLog({ level: 'error' });
const app = pipelinedPool(appUrl, 10);
const systemPool = pipelinedPool(systemUrl, 3);
const system: Sql = { query: (statement, parameters) => run(systemPool, statement, parameters) };
const notifications = new Notifications({
  units: new UnitsOfWork(null as never, app, systemClock),
  system,
  masterKeys: MasterKeys.parse(masterKey),
  egress: new Egress({ privateAllowed: true }),
  clock: systemClock,
  meter: notificationMeter(new Registry()),
  onFailure: (error) => log.error({ err: error }, 'background work failed'),
});
const runs = new CoalescedRuns(notifications.jobs, log);
const events = new EventLog({ app, system: systemPool, systemUrl, log });
await events.start();
events.listen((batch) => {
  if (notifications.follower.hear(batch)) void runs.wake('notifications.fan-out');
});
setInterval(() => void runs.wake('notifications.deliver'), 1_000).unref();
const memory = watchMemory();

export interface DelivererState {
  readonly cpuMicros: number;
  readonly memory: Memory;
}

serve<{ order: 'deliver' | 'state' }>({}, async ({ order }) => {
  if (order === 'deliver') await runs.wake('notifications.deliver');
  return { cpuMicros: cpuMicros(), memory: memory() } satisfies DelivererState;
});
