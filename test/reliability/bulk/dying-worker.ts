import { Registry } from 'prom-client';
import { AtOnce } from '../../../src/features/agreements/index.js';
import { FairShare } from '../../../src/features/bulk/fair-share.js';
import { type BulkParts, bulkMeter } from '../../../src/features/bulk/index.js';
import { workOnOperation } from '../../../src/features/bulk/run-bulk-operation.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { KnownKeys } from '../../../src/features/tenancy/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { run } from '../../../src/platform/database/sql.js';
import type { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import type { Product, Shop } from '../../support/product.js';
import { around, carriersWith, Died, gatewayOf } from '../orders/dying.js';

/** Before its transaction of that number, or when that has been committed and before anybody hears of it. */
export interface Death {
  readonly when: 'before' | 'after';
  readonly transaction: number;
}

/** Works on a file until it dies; says whether it came to that. From there on it reaches neither the database nor the payment system. */
export async function workUntilDeath(product: Product, shop: Shop, bulkId: string, death: Death): Promise<boolean> {
  const { carriers, hasDied } = dyingCarriers(product, shop, death);
  const parts = bulkPartsOf(product, carriers);
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  await workOnOperation(parts, operatorId, uuidOf('bulkOperation', bulkId) ?? '', () => {}).catch((error: unknown) => {
    if (!(error instanceof Died)) throw error;
  });
  return hasDied();
}

/** What a process of its own works on files with, one row after the other, so that the same number is the same moment each time. */
export function bulkPartsOf(product: Product, carriers: Carriers): BulkParts {
  const clock = { now: () => product.clock.now() };
  return {
    carriers: { ...carriers, turnAt: async () => {} },
    system: { query: async () => [] },
    lanes: new OperatorLanes(() => {}),
    meter: bulkMeter(new Registry()),
    pace: new PaymentPace(product.built.units, { TEST: 1e6, LIVE: 1e6 }),
    keys: new KnownKeys({ query: (statement, given) => run(product.system, statement, given) }, clock),
    rules: { httpUrlsAllowed: true, cardDataAccepted: false, now: clock.now, nowOf: clock.now },
    onFailure: () => {},
    gates: { files: new FairShare(1), calling: new FairShare(1), local: new AtOnce(1), giving: new AtOnce(1) },
    traffic: { isThere: () => false },
  };
}

function dyingCarriers(product: Product, shop: Shop, { when, transaction }: Death) {
  let count = 0;
  let dead = false;
  const live = () => {
    if (dead) throw new Died(`${when} ${transaction}`);
  };
  const { units } = product.built;
  const sql: UnitsOfWork['sql'] = async (operatorId, work) => {
    live();
    count += 1;
    const isLast = count === transaction;
    dead ||= isLast && when === 'before';
    live();
    const result = await units.sql(operatorId, work);
    dead ||= isLast;
    live();
    return result;
  };
  const dying = new Proxy(units, { get: (target, name) => (name === 'sql' ? sql : Reflect.get(target, name)) });
  const gateway = around(gatewayOf(product, shop), async (_method, call) => {
    live();
    const answer = await call();
    live();
    return answer;
  });
  const carriers: Carriers = carriersWith(dying, gateway);
  return { carriers, hasDied: () => dead };
}
