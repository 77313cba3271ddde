import { createOrder } from '../../../src/features/orders/create-order.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripeGateway } from '../../../src/features/payment-systems/stripe-gateway.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { around, carriersWith, type Method, newOrder, type Point, requestOf } from './dying.js';

/** All that a process needs to know to sell something; it comes as an argument, so it is plain data. */
export interface Errand {
  readonly databaseUrl: string;
  readonly sandboxUrl: string;
  readonly secretKey: string;
  readonly operatorId: string;
  readonly merchantId: string;
  readonly hangsAt: Point;
}

/**
 * Sells, and when it comes to the point says so and hangs, as a machine does whose plug is pulled.
 * @public Called by dying-process.mjs.
 */
export async function sellAndHang(errand: Errand): Promise<void> {
  const { operatorId, merchantId, hangsAt } = errand;
  const { hostname, port } = new URL(errand.sandboxUrl);
  const client = stripeClient(errand.secretKey, { host: hostname, port: Number(port), protocol: 'http' });
  const units = new UnitsOfWork(undefined as never, pipelinedPool(errand.databaseUrl, 2), { now: () => new Date() });
  const hangIf = async (point: string) => {
    if (point !== hangsAt) return;
    process.stdout.write('hanging\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  };
  const gateway = around(new StripeGateway(client, () => {}), async (method: Method, run) => {
    await hangIf(`before ${method}`);
    const answer = await run();
    await hangIf(`after ${method}`);
    return answer;
  });
  const caller = { operatorId, merchantId, mode: 'TEST' } as const;
  const wanted = newOrder(merchantId);
  await createOrder(carriersWith(units, gateway), caller, wanted, requestOf(merchantId, 'createOrder'));
}
