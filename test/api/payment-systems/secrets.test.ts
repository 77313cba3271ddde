import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asOwner } from '../../support/tenancy.js';
import { aConnectedOperator, CONNECT, DISCONNECT, keysOf, ROTATE } from './accounts.js';
import { type PaymentWorld, startPaymentWorld } from './payment-world.js';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.close());

/** Every row of every table, as text. */
async function everything(): Promise<string> {
  const tables = await asOwner<{ name: string }>(
    world,
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  const dumps = tables.map(({ name }) => asOwner<{ row: string }>(world, `select t::text as row from "${name}" t`));
  return (await Promise.all(dumps))
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

it('no key is anywhere in the database, the log or an error', async () => {
  const { operator, stripe, accountId } = await aConnectedOperator(world);
  const rolled = world.sandbox.control.rollKeys(stripe.accountId);
  const said: unknown[] = [];
  const input = { ...keysOf(stripe), idempotencyKey: 'canary' };
  said.push(await operator.do(CONNECT, input));
  said.push(await operator.do(ROTATE, { accountId, ...keysOf(rolled) }));
  said.push(await operator.do(ROTATE, { accountId, ...keysOf(rolled), secretKey: `${rolled.secretKey}-broken` }));
  world.sandbox.control.addFault({ kind: 'error_500_before', path: '/v1/account' });
  said.push(await operator.do(ROTATE, { accountId, ...keysOf(stripe) }));
  world.sandbox.control.clearFaults();
  world.sandbox.control.revokeKey(stripe.secretKey);
  said.push(await operator.do(ROTATE, { accountId, ...keysOf(stripe) }));
  const halfway = await everything();
  said.push(await operator.do(DISCONNECT, { accountId }));

  const places = [halfway, await everything(), world.logged.join('\n'), JSON.stringify(said)];
  for (const place of places) {
    for (const secret of [stripe.secretKey, rolled.secretKey, 'whsec_']) expect(place).not.toContain(secret);
  }
  expect(halfway).toContain(`sk_test_…${rolled.secretKey.slice(-4)}`);
});

it('a secret is worth nothing in another place', async () => {
  const [one, other] = [await aConnectedOperator(world), await aConnectedOperator(world)];
  const [row] = await asOwner<{ secret: string; key: string }>(
    world,
    `select a.secret_key_encrypted as secret, o.data_key as key from payment_system_accounts a
     join operators o on o.id = a.operator_id where a.id = $1`,
    [one.uuid],
  );
  const { secret = '', key = '' } = row ?? {};
  const secrets = world.gateways.secretsOf({ operatorId: one.operator.uuid, dataKey: key });
  const place = { operatorId: one.operator.uuid, rowId: one.uuid, of: 'secretKey' } as const;
  expect(secrets.decrypt(secret, place)).toBe(one.stripe.secretKey);
  expect(() => secrets.decrypt(secret, { ...place, rowId: other.uuid })).toThrow('cannot be read');
  expect(() => secrets.decrypt(secret, { ...place, of: 'webhookSecret' })).toThrow('cannot be read');
});
