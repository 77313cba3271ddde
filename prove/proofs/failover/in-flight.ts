import { setTimeout as pause } from 'node:timers/promises';
import { rowsOf } from '../../../test/reliability/orders/books.js';
import type { Order } from '../../proof.js';
import type { Scene } from './scene.js';

/** Longer than a process that was told to stop waits for anybody, and no longer than it waits for the payment system. */
const SLOW_MS = 19_000;
/** So that all wanted are there before the first is answered, with some to spare. */
const SENT_A_SECOND = 75;
const SECONDS = 18;
const AGAIN_A_SECOND = 150;
const PATIENCE_MS = 30_000;
const IN_FLIGHT_WITHIN_MS = 25_000;

/**
 * So many requests wait for a payment system that has become slow when their
 * process is told to stop. Who gets no answer asks again, at the other one.
 */
export async function cutWithManyInFlight(scene: Scene, wanted: number, say: Order['say']) {
  const { cluster } = scene;
  const [member, other] = [cluster.member(0), cluster.member(1)];
  const { control } = cluster.sandbox;
  control.addFault({ kind: 'slow', path: '/confirm$', delayMs: SLOW_MS });
  const failuresBefore = scene.failures.length;
  const load = scene.send('slow', { patienceMs: 0, seconds: SECONDS, perSecond: SENT_A_SECOND, to: [member] });
  const inFlight = await untilInFlight(scene, wanted);
  say(`${inFlight} in flight at ${member.name}`);
  const began = performance.now();
  const code = await member.stop();
  const exitSeconds = Math.ceil(performance.now() - began) / 1_000;
  say(`it ended with ${code} after ${exitSeconds} s`);
  control.clearFaults();
  const { sent } = await load;
  const cut = sent.filter(({ outcome }) => outcome === 'failed').length;
  // That they get no answer here is what is tried; what counts is what they are told next.
  scene.failures.splice(failuresBefore);
  const seconds = sent.length / AGAIN_A_SECOND;
  await scene.send('slow', { patienceMs: PATIENCE_MS, seconds, perSecond: AGAIN_A_SECOND, to: [other] });
  await member.start();
  return { inFlight, code, seconds: exitSeconds, told: `${sent.length - cut} of ${sent.length}` };
}

/** Committed, sent to the payment system, and not answered by it. */
async function untilInFlight({ cluster, shop }: Scene, wanted: number): Promise<number> {
  const deadline = performance.now() + IN_FLIGHT_WITHIN_MS;
  for (;;) {
    const [row] = await rowsOf<{ count: bigint }>(
      cluster.witness,
      shop,
      `select count(*) as count from transactions t join orders o on o.operator_id = t.operator_id and o.id = t.order_id
       where o.operator_id = $1 and o.merchant_id = $2 and t.status = 'PENDING' and o.order_number like 'slow-%'`,
    );
    const count = Number(row?.count ?? 0);
    if (count >= wanted || performance.now() > deadline) return count;
    await pause(50);
  }
}
