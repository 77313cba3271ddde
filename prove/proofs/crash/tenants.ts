import { publicId } from '../../../src/kernel/ids.js';
import { aBillingShop, day, subscribe } from '../../../test/support/agreements.js';
import type { Json, Shop } from '../../../test/support/product.js';
import type { Receiver } from '../../../test/support/receiver.js';
import { asOwner } from '../../world/as-owner.js';
import type { Cluster } from '../../world/cluster.js';

/** A shop with agreements that are charged: when it says so, or by their schedule and a clock that is moved. */
export interface Tenant {
  readonly name: string;
  readonly shop: Shop;
  readonly agreements: readonly string[];
}

export interface Tenants {
  /** Their clients make orders and charge agreements. */
  readonly sellers: readonly Tenant[];
  /** Their agreements are charged daily, by the workers. */
  readonly billers: readonly Tenant[];
}

export const DAY_S = 86_400;
const DAILY = { chargeAmount: { fixed: '20.00' } };

interface TenantsWanted {
  readonly sellers: number;
  readonly billers: number;
  readonly agreements: number;
}

/** All is well while they are made: what they begin with is not what is tried. */
export async function openTenants(cluster: Cluster, receiver: Receiver, wanted: TenantsWanted): Promise<Tenants> {
  const open = (kind: string, count: number, input: Json) =>
    Promise.all(
      Array.from({ length: count }, async (_, index): Promise<Tenant> => {
        const name = `${kind}-${index}`;
        const merchant = { timeZone: 'UTC', callbackUrl: receiver.url(`/${name}`) };
        const shop = await aBillingShop(cluster.witness, merchant);
        return { name, shop, agreements: await agreementsOf(cluster, shop, name, wanted.agreements, input) };
      }),
    );
  const schedule = { period: 'DAY', startDate: day(cluster.witness, 1), localTime: '00:00' };
  return {
    sellers: await open('seller', wanted.sellers, {}),
    billers: await open('biller', wanted.billers, { ...DAILY, schedule }),
  };
}

/** One is made as merchants make them; the others are copies of it, which charge the same card. */
export async function agreementsOf(cluster: Cluster, shop: Shop, name: string, count: number, input: Json = {}) {
  const made = await subscribe(shop, { ...input, terms: { reference: name } });
  if (made.agreement?.status !== 'ACTIVE') throw new Error(`${made.code}: ${made.message}`);
  const copies = await asOwner<{ id: string }>(
    cluster.witness,
    `insert into agreements select made.* from agreements a, generate_series(2, ${count}) as n,
       jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'reference', a.reference || '-' || n)) as made
     where a.reference = $1 returning id`,
    [name],
  );
  return [made.agreement.id, ...copies.map(({ id }) => publicId('agreement', id))];
}
