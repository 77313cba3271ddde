import 'reflect-metadata';
import { claimBatch } from '../../../src/features/agreements/billing-batch.js';
import { agreementsOfOrders, onOrderStatusChanged } from '../../../src/features/agreements/index.js';
import { carrierFor, carryOutPayment, ORDER_STATUS_CHANGED } from '../../../src/features/orders/index.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { Reactions } from '../../../src/platform/events/reactions.js';
import type { Shop } from '../../support/agreements.js';
import { serve, settings } from '../../support/children.js';
import { gatewaysOf, type Recorded, recordingUnits, recordOneOrder } from '../../support/recorded.js';
import type { ServerSettings } from '../../support/world.js';
import { plansAcrossPartitions } from './plans.js';

/** Accepts one order, charges one agreement, and asks how each statement that this took is planned. */
const given = settings<ServerSettings & { shop: Shop }>();
const { operatorId } = given.shop;
const pool = pipelinedPool(given.appUrl, 4);

export interface Planned {
  readonly statements: number;
  readonly wide: readonly string[];
}

serve({}, async (): Promise<Planned> => {
  const order = await recordOneOrder(pool, given, given.shop, { orderNumber: 'planned', key: 'planned' });
  const sent = new Map([...order, ...(await recordOneCharge())].flat().map((each) => [each.name, each]));
  for (const name of ['begin', 'commit', 'rollback']) sent.delete(name);
  const client = await pool.connect();
  const wide = await plansAcrossPartitions(client, operatorId, [...sent.values()]);
  client.release(true);
  return { statements: sent.size, wide };
});

async function recordOneCharge(): Promise<readonly (readonly Recorded[])[]> {
  const reactions = new Reactions().on(ORDER_STATUS_CHANGED, onOrderStatusChanged);
  const { units, transactions } = recordingUnits(pool, reactions);
  const { files } = await units.sql(operatorId, (tx) => claimBatch(tx));
  const [file] = files;
  if (!file) throw new Error('no agreement was due');
  const carriers = { units, gateways: gatewaysOf(given), agreements: agreementsOfOrders };
  const carrier = await carrierFor(carriers, operatorId, file.order.accountId);
  const { order } = await carryOutPayment(carrier, file);
  if (order.status !== 'CAPTURED') throw new Error(`the charge came to ${order.status}`);
  return transactions;
}
