import { setTimeout as pause } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { Deliveries } from '../../../src/features/notifications/deliveries.js';
import { notificationMeter } from '../../../src/features/notifications/notification-meter.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { run } from '../../../src/platform/database/sql.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Egress } from '../../../src/platform/egress/egress.js';
import { MasterKeys } from '../../../src/platform/secrets/master-keys.js';

/** All that a process needs to know to deliver; it comes as an argument, so it is plain data. */
export interface Delivering {
  readonly appUrl: string;
  readonly systemUrl: string;
  readonly masterKey: string;
  /** How far its clock is ahead. */
  readonly aheadMs: number;
}

/**
 * Delivers whatever is due, until somebody ends the process.
 * @public Called by delivering-process.mjs.
 */
export async function deliver({ appUrl, systemUrl, masterKey, aheadMs }: Delivering): Promise<void> {
  const clock = { now: () => new Date(Date.now() + aheadMs) };
  const system = pipelinedPool(systemUrl, 2);
  const deliveries = new Deliveries({
    units: new UnitsOfWork(undefined as never, pipelinedPool(appUrl, 4), clock),
    system: { query: (statement, parameters) => run(system, statement, parameters) },
    masterKeys: MasterKeys.parse(masterKey),
    egress: new Egress({ privateAllowed: true }),
    clock,
    meter: notificationMeter(new Registry()),
    onFailure: (error) => console.error(error),
  });
  process.stdout.write('delivering\n');
  for (let round = 0; round < 3_000; round += 1) {
    await deliveries.find();
    await pause(20);
  }
}
