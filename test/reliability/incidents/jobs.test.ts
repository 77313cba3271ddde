import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { prepareAgendaTables } from '../../../src/platform/jobs/agenda-store.js';
import { JobRunner } from '../../../src/platform/jobs/job-runner.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { aBillingShop, agreementOf } from '../../support/agreements.js';
import { asOwner, chargesOf, monthly, paidAt } from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { billWith, untilMidnight } from '../agreements/billing.js';
import { carriersWith, gatewayOf } from '../orders/dying.js';
import { Scene } from './scene.js';
import { stallingAfter } from './stalled.js';

jest.setTimeout(60_000);

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open({ processes: 1 });
  await prepareAgendaTables(scene.one.database.url);
});

afterAll(async () => {
  await scene.close();
  // Agenda leaves a timer behind each tick, half as long as the lock; Jest would complain of it.
  await pause(2_600);
});

/** A process whose clock ticks each second for one job; counts its runs and how many were under way at once. */
class Ticking {
  begun = 0;
  most = 0;
  #running = 0;
  readonly #runner: JobRunner;

  constructor(work: () => Promise<unknown>) {
    const handler = async () => {
      this.begun += 1;
      this.#running += 1;
      this.most = Math.max(this.most, this.#running);
      await work().finally(() => {
        this.#running -= 1;
      });
    };
    const url = urlFor(scene.one.database.url, 'quittance_app', TEST_PASSWORDS.app);
    this.#runner = new JobRunner({
      jobs: [{ name: 'bill', everySeconds: 1, handler }],
      store: { kind: 'postgres', url },
      log: createLog({ level: 'silent', destination: process.stderr }),
    });
  }

  start(): Promise<void> {
    return this.#runner.start();
  }

  stop(): Promise<unknown> {
    return this.#runner.drain(5_000);
  }
}

const lastLock = async () => {
  const [job] = await asOwner<{ at: Date | null }>(
    scene.one,
    `select last_run_at as at from agenda.agenda_jobs where name = 'bill'`,
  );
  return job?.at?.getTime() ?? 0;
};

it('agenda#722: a job that is run again after its lock has lapsed does nothing a second time', async () => {
  const shop = await scene.begin(aBillingShop(scene.one, { timeZone: 'UTC' }));
  const { agreement } = await monthly(scene.one, shop);
  scene.advance(untilMidnight(scene.one));
  // The first process stalls in the midst of charging; the second one goes by the same clock.
  const { carriers, hasAsked, goOn } = stallingAfter(scene, 'preparePayment');
  const slow = new Ticking(() => billWith(scene.one, shop, carriers));
  const quick = new Ticking(() =>
    billWith(scene.one, shop, carriersWith(scene.one.built.units, gatewayOf(scene.one, shop))),
  );
  await slow.start();
  await hasAsked;
  await quick.start();
  const stalledAt = await lastLock();
  // Long after the lock of the tick that it began with.
  await eventually(async () => expect((await lastLock()) - stalledAt).toBeGreaterThan(6_000));
  expect([slow.begun, slow.most, quick.most]).toEqual([1, 1, 1]);
  expect(quick.begun).toBeGreaterThan(2);
  expect(await chargesOf(shop, agreement.id)).toEqual(['OPEN 1 ×1']);
  goOn();
  await eventually(async () => expect(await chargesOf(shop, agreement.id)).toEqual(['PAID 1 ×1']));
  await Promise.all([slow.stop(), quick.stop()]);
  expect(await paidAt(scene.one, shop, agreement.id)).toEqual([2000]);
  expect(await agreementOf(shop, agreement.id)).toMatchObject({ paymentsMade: 1 });
  expect(await scene.aftermath()).toEqual([]);
});
