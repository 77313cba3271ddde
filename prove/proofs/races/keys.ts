import { createApiKey, type Scope } from '../../../src/features/tenancy/index.js';
import { revokeApiKey } from '../../../src/features/tenancy/revoke-api-key.js';
import { aShop, Client } from '../../../test/support/product.js';
import type { Ground } from './ground.js';
import { each, type Kind, RACERS, type Racer } from './race.js';

let keys = 0;

interface RacedKey {
  readonly name: string;
  readonly id: string;
  readonly client: Client;
  /** Resolves when the first who revoked it was told that it is. */
  readonly ended: PromiseWithResolvers<void>;
}

async function aKey({ one, operatorId, merchantId }: Ground): Promise<RacedKey> {
  keys += 1;
  const name = `key-${keys}`;
  const scopes: Scope[] = ['orders:write'];
  const { apiKey, secret } = await one.built.units.run(operatorId, (uow) =>
    createApiKey(uow, { kind: 'MERCHANT', merchantId, mode: 'TEST', name, scopes, expiresAt: null }),
  );
  return { name, id: apiKey.id, client: new Client(one.url, secret ?? ''), ended: Promise.withResolvers() };
}

/** Has ended the key, and has not committed it, when everybody else is about to use it. */
function revoking(ground: Ground, { id, name, ended }: RacedKey): Racer {
  const run: Racer['run'] = async (_carriers, { arrive }) => {
    await ground.one.built.units.run(ground.operatorId, async (uow) => {
      const key = await revokeApiKey(uow, { id, mode: 'TEST' });
      await arrive();
      return key;
    });
    ended.resolve();
  };
  return { of: `${name}, revoking`, line: { before: [] }, run };
}

/** Uses the key while it is being revoked, and once more as soon as somebody was told that it is. */
function using({ name, client, ended }: RacedKey, racer: number): Racer {
  const order = async (time: string) => {
    const input = { orderNumber: `${name}-${racer}-${time}`, amount: { amount: '1.00', currency: 'USD' } };
    const { errors } = await client.raw(
      'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { ... on CreateOrderPayload { order { id } } ... on Problem { code } } }',
      { input },
    );
    return errors ? String(errors[0]?.extensions.code) : 'done';
  };
  const run: Racer['run'] = async (_carriers, { arrive }) => {
    await arrive();
    const during = await order('during');
    if (during !== 'done' && during !== 'UNAUTHENTICATED') throw new Error(`it was answered ${during}`);
    USES.set(`${name}-${racer}-during`, during);
    await ended.promise;
    const after = await order('after');
    if (after !== 'UNAUTHENTICATED') throw new Error(`a key that was revoked was answered ${after}`);
  };
  return { of: name, line: { before: [] }, run };
}

/** What was answered to each use during the revocation. */
const USES = new Map<string, string>();

const REVOKED: Kind = {
  name: 'revoke a key / use it',
  // Each revocation holds a connection of the few that work with entities.
  atOnce: 3,
  shop: aShop,
  begin: async (ground, things) =>
    (await Promise.all(each(things, () => aKey(ground)))).flatMap((key) => [
      // A second one would wait for the first, who waits for everybody at the line.
      revoking(ground, key),
      ...each(RACERS - 1, (racer) => using(key, racer)),
    ]),
  judge: async (ground) => {
    const orders = await ground.rows<{ order_number: string }>(
      'select order_number from orders where operator_id = $1 and merchant_id = $2',
    );
    const made = new Set(orders.map(({ order_number }) => order_number));
    const accepted = [...USES].filter(([, answer]) => answer === 'done').map(([name]) => name);
    const lost = accepted.filter((name) => !made.has(name)).map((name) => `${name} was accepted, and is not there`);
    const others = [...made]
      .filter((name) => !accepted.includes(name))
      .map((name) => `${name} was refused, and is there`);
    return [...lost, ...others];
  },
};

export const KEY_RACES: readonly Kind[] = [REVOKED];
