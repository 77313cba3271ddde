import { type Carriers, orderInboxHandlers, reconcileOrders } from '../../../src/features/orders/index.js';
import { accountOf } from '../../../src/features/payment-systems/index.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { rowsOf } from '../orders/books.js';
import { around, carriersWith, gatewayOf, type Method } from '../orders/dying.js';
import type { Scene } from './scene.js';

/** A worker that has asked the payment system, and does nothing with the answer before it is told to. */
interface Stalled {
  /** What went wrong in it. */
  readonly failures: readonly unknown[];
  /** Lets it go on, to its end. */
  goOn(): Promise<void>;
}

/** Carriers of a process that stalls with an answer in its hands. */
export function stallingAfter(scene: Scene, stalls: Method) {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const gateway = around(gatewayOf(scene.one, scene.shop), async (method, call) => {
    const answer = await call();
    if (method !== stalls) return answer;
    asked.resolve();
    await released.promise;
    return answer;
  });
  return { carriers: carriersWith(scene.one.built.units, gateway), hasAsked: asked.promise, goOn: released.resolve };
}

/** Begins some work and resolves when it has stalled. */
export async function stalled(
  scene: Scene,
  stalls: Method,
  begin: (carriers: Carriers, failures: unknown[]) => Promise<unknown>,
): Promise<Stalled> {
  const { carriers, hasAsked, goOn } = stallingAfter(scene, stalls);
  const failures: unknown[] = [];
  const work = begin(carriers, failures).catch((error: unknown) => void failures.push(error));
  // Work that ends without having asked will never ask.
  await Promise.race([hasAsked, work.then(() => Promise.reject(new Error(`nobody called ${stalls}`)))]);
  return {
    failures,
    async goOn() {
      goOn();
      await work;
    },
  };
}

/** Workers that take in events about the shop's orders, one for each of its payments. */
export async function lateWebhooks(scene: Scene): Promise<readonly Stalled[]> {
  const { one, shop, operatorId } = scene;
  const payments = await rowsOf<{ accountId: string; paymentId: string }>(
    one,
    shop,
    `select payment_system_account_id as "accountId", external_payment_id as "paymentId" from orders
     where operator_id = $1 and merchant_id = $2 and external_payment_id is not null`,
  );
  return Promise.all(
    payments.map(async ({ accountId, paymentId }) => {
      const account = await one.built.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
      return stalled(scene, 'retrievePayment', (carriers) => orderInboxHandlers(carriers).payment(account, paymentId));
    }),
  );
}

/** The same of a shop that has one. */
export async function lateWebhook(scene: Scene): Promise<Stalled> {
  const [worker, ...others] = await lateWebhooks(scene);
  if (!worker || others.length > 0) throw new Error('the shop has not one payment');
  return worker;
}

/** A reconciler's whole run, for all that is due. */
export function lateReconciler(scene: Scene): Promise<Stalled> {
  const system: Sql = { query: (asked, parameters) => run(scene.one.system, asked, parameters) };
  return stalled(scene, 'retrievePayment', (carriers, failures) =>
    reconcileOrders(carriers, system, new OperatorLanes((error) => failures.push(error))),
  );
}
