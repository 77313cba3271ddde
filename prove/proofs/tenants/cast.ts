import { askersOf, platformOf } from './askers.js';
import type { Tenant } from './fill.js';
import type { Asker, Judge } from './judge.js';
import type { Readable } from './questions.js';
import { readableFor } from './reading.js';
import type { World } from './world.js';

export interface Cast {
  readonly all: readonly { readonly asker: Asker; readonly tenant: Tenant }[];
  readonly platform: Asker;
  /** What somebody of the same role may select; of keys that are over, what operators may. */
  readableBy(asker: Asker): Readable;
  strangersTo(asker: Asker, count: number): Asker[];
}

const LEARNED = ['operator', 'merchant', 'client'];
/** Those have the same scopes as these. */
const AS: Readonly<Record<string, string>> = { neighbour: 'merchant', liveMerchant: 'merchant' };

/** Everybody there is, and what each may read: found out once for a role, for all tenants are alike. */
export async function castOf(
  world: World,
  judge: Judge,
  { tenants, orders }: { readonly tenants: readonly Tenant[]; readonly orders: readonly string[] },
): Promise<Cast> {
  const all = tenants.flatMap((tenant, index) =>
    askersOf(tenant, orders[index] ?? '').map((asker) => ({ asker, tenant })),
  );
  const platform = platformOf(world);
  const learners = all.slice(0, LEARNED.length + 1).map(({ asker }) => asker);
  const readable = new Map<string, Readable>();
  for (const asker of [...learners.filter((each) => LEARNED.includes(roleOf(each))), platform]) {
    readable.set(roleOf(asker), await readableFor(world, judge.owners, asker, world.literals));
  }
  return {
    all,
    platform,
    readableBy: (asker) => {
      const found = readable.get(AS[roleOf(asker)] ?? roleOf(asker)) ?? readable.get('operator');
      if (!found) throw new Error('nobody has found out what operators may read');
      return found;
    },
    strangersTo: ({ letter }, count) =>
      all
        .map(({ asker }) => asker)
        .filter((asker) => asker.letter !== letter && ['operator', 'merchant'].includes(roleOf(asker)))
        .slice(0, count),
  };
}

export function roleOf({ name }: Asker): string {
  return name.split(' ').at(-1) ?? '';
}
