import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { aMerchant, anOperator } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const CREATE = `mutation ($input: CreateClientTokenInput!) { createClientToken(input: $input) {
  ... on CreateClientTokenPayload { token expiresAt } ... on Problem { code message issues { path message } } } }`;

interface Made {
  readonly token: string;
  readonly expiresAt: string;
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

function anOrder(): { readonly uuid: string; readonly orderId: string } {
  const uuid = newUuid();
  world.visibleOrders.add(uuid);
  return { uuid, orderId: publicId('order', uuid) };
}

describe('createClientToken does it', () => {
  it('makes a token that stands for one order', async () => {
    const merchant = await aMerchant(world);
    const { uuid, orderId } = anOrder();
    const { token, expiresAt } = await merchant.do<Made>(CREATE, { orderId, expiresInSeconds: 60 });
    const principal = await world.authenticate(`Bearer ${token}`);
    expect(principal).toMatchObject({ kind: 'CLIENT', orderId: uuid, merchantId: merchant.uuid, mode: 'TEST' });
    expect([...principal.scopes]).toEqual(['orders:read']);
    expect(Math.abs(Number(principal.expiresAt) - Date.parse(expiresAt))).toBeLessThan(1_000);
  });

  it('can be asked nothing but its order', async () => {
    const merchant = await aMerchant(world);
    const { token } = await merchant.do<Made>(CREATE, { orderId: anOrder().orderId });
    for (const query of [
      '{ viewer { kind } }',
      '{ merchant { id } }',
      `{ node(id: "${merchant.id}") { id } }`,
      '{ operator { id } }',
    ]) {
      await expect(world.ask(token, query)).rejects.toThrow(
        'FORBIDDEN: a client token may ask for order and orderStatusChanged only',
      );
    }
    await expect(world.ask(token, CREATE, { input: { orderId: anOrder().orderId } })).rejects.toThrow('FORBIDDEN');
  });

  it('ends with the key that asked for it', async () => {
    const operator = await anOperator(world);
    const { secret, apiKey } = await operator.aKey();
    const { createClientToken } = (await world.ask(secret, CREATE, { input: { orderId: anOrder().orderId } })) as {
      createClientToken: Made;
    };
    const principal = await world.authenticate(`Bearer ${createClientToken.token}`);
    const ended = new Promise<void>((resolve) => world.watch.attend(principal, resolve));
    await operator.ask('mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { __typename } }', {
      input: { id: apiKey.id },
    });
    await ended;
    await expect(world.authenticate(`Bearer ${createClientToken.token}`)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('createClientToken refuses it', () => {
  it('lives no shorter than a minute and no longer than a day', async () => {
    const merchant = await aMerchant(world);
    for (const expiresInSeconds of [59, 86_401, -1]) {
      expect(await merchant.do(CREATE, { orderId: anOrder().orderId, expiresInSeconds })).toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: ['expiresInSeconds'], message: 'must be a whole number from 60 to 86400' }],
      });
    }
  });

  it('is for keys that may read orders', async () => {
    const operator = await anOperator(world);
    const { secret } = await operator.aKey({ scopes: ['merchants:read'] });
    await expect(world.ask(secret, CREATE, { input: { orderId: anOrder().orderId } })).rejects.toThrow('FORBIDDEN');
  });
});

describe('createClientToken hides other tenants', () => {
  it('answers an order that is not visible as one that never was', async () => {
    const merchant = await aMerchant(world);
    for (const orderId of [publicId('order', newUuid()), 'ord_nonsense', merchant.id]) {
      expect(await merchant.do(CREATE, { orderId })).toEqual({
        code: 'NOT_FOUND',
        message: 'no such order',
        issues: [],
      });
    }
  });
});

describe('createClientToken twice at once', () => {
  it('answers tokens that end at the same moment', async () => {
    const merchant = await aMerchant(world);
    const input = { orderId: anOrder().orderId, idempotencyKey: 'token-1' };
    const made = await Promise.all([1, 2, 3].map(() => merchant.do<Made>(CREATE, input)));
    expect(new Set(made.map(({ expiresAt }) => expiresAt)).size).toBe(1);
    expect(new Set(made.map(({ token }) => token)).size).toBe(1);
  });
});
