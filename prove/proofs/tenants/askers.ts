import { uuidOf } from '../../../src/kernel/ids.js';
import { ROLES, type Role, type Tenant } from './fill.js';
import type { Asker } from './judge.js';
import type { World } from './world.js';

/** Everybody who could ask for something of a tenant; whose orders the payer's token is for is said besides. */
export function askersOf(tenant: Tenant, orderId: string, isSuspended = false): Asker[] {
  const [first, second] = tenant.merchants;
  const of = ({ id, number }: Tenant['merchants'][0]) => ({ id: uuidOf('merchant', id) ?? '', number });
  const merchants: Readonly<Partial<Record<Role, Asker['merchant']>>> = {
    merchant: of(first),
    liveMerchant: of(first),
    client: of(first),
    neighbour: of(second),
  };
  return ROLES.map((role) => ({
    name: `${tenant.letter}'s ${isSuspended ? 'suspended ' : ''}${role}`,
    key: tenant.keys[role],
    letter: tenant.letter,
    operatorId: uuidOf('operator', tenant.id),
    merchant: merchants[role] ?? null,
    mode: role.startsWith('live') ? 'LIVE' : 'TEST',
    orderId: role === 'client' ? orderId : null,
    isSomebody: !isSuspended && role !== 'revoked' && role !== 'expired',
  }));
}

export function platformOf({ product }: World): Asker {
  const { key } = product.platform;
  const nothing = { letter: null, operatorId: null, merchant: null, mode: null, orderId: null };
  return { name: 'the platform', key, ...nothing, isSomebody: true };
}
