import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { eventually } from '../../support/eventually.js';
import { aMerchant, anOperator, aPlatform, type PlatformAsker } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const FIELDS = 'apiKey { id kind mode name scopes hint merchant { id } expiresAt revokedAt }';
const PROBLEM = '... on Problem { code message issues { path message } } } }';
const CREATE = `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  ... on CreateApiKeyPayload { secret ${FIELDS} } ${PROBLEM}`;
const REVOKE = `mutation ($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) {
  ... on RevokeApiKeyPayload { apiKey { id revokedAt } } ${PROBLEM}`;
const VIEWER = '{ viewer { kind mode scopes } }';

interface Made {
  readonly secret: string | null;
  readonly apiKey: { readonly id: string; readonly scopes: readonly string[] };
}

let world: World;
let platform: PlatformAsker;
beforeAll(async () => {
  world = await startWorld();
  platform = await aPlatform(world);
});
afterAll(() => world.close());

describe('createApiKey does it', () => {
  it("makes a merchant's key with all that one may have", async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant();
    const made = await operator.do<Made>(CREATE, { name: 'shop', merchantId });
    expect(made).toMatchObject({
      apiKey: { kind: 'MERCHANT', mode: 'TEST', merchant: { id: merchantId }, expiresAt: null, revokedAt: null },
    });
    expect(await world.ask(made.secret ?? '', VIEWER)).toEqual({
      viewer: {
        kind: 'MERCHANT',
        mode: 'TEST',
        scopes: [
          ...['merchants:read', 'signing-secrets:write', 'payers:read', 'orders:read', 'orders:write'],
          ...['agreements:read', 'agreements:write', 'invoices:read', 'invoices:write'],
          ...['notifications:read', 'notifications:write'],
        ],
      },
    });
  });

  it('makes a narrower key of the same kind', async () => {
    const operator = await anOperator(world);
    const { secret } = await operator.aKey({ scopes: ['orders:read', 'merchants:read'] });
    expect(await world.ask(secret, VIEWER)).toEqual({
      viewer: { kind: 'OPERATOR', mode: 'TEST', scopes: ['merchants:read', 'orders:read'] },
    });
    await expect(world.ask(secret, '{ operator { id } }')).rejects.toThrow(
      'FORBIDDEN: this key lacks the scope "operators:read"',
    );
  });

  it("makes an operator's live key and another platform key for the platform", async () => {
    const operator = await platform.anOperator();
    const live = await platform.do<Made>(
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id scopes } } } }`,
      { name: 'live', operatorId: operator.id, mode: 'LIVE' },
    );
    expect(await world.ask(live.secret ?? '', '{ viewer { kind mode operator { id } } }')).toEqual({
      viewer: { kind: 'OPERATOR', mode: 'LIVE', operator: { id: operator.id } },
    });
    const second = await platform.do<Made>(
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id scopes } } } }`,
      { name: 'second' },
    );
    expect(await world.ask(second.secret ?? '', VIEWER)).toMatchObject({ viewer: { kind: 'PLATFORM' } });
  });

  it('lists keys without their text, newest first', async () => {
    const operator = await anOperator(world);
    const merchant = await operator.aMerchant();
    const list = await operator.ask('{ operator { apiKeys { nodes { name hint kind merchant { id } lastUsedAt } } } }');
    expect(list).toEqual({
      operator: {
        apiKeys: {
          nodes: [
            {
              name: 'key',
              hint: expect.stringMatching(/^qtt_test_mer_…\w{4}$/),
              kind: 'MERCHANT',
              merchant: { id: merchant.id },
              lastUsedAt: null,
            },
            {
              name: 'first key',
              hint: expect.stringMatching(/^qtt_test_op_…/),
              kind: 'OPERATOR',
              merchant: null,
              lastUsedAt: null,
            },
          ],
        },
      },
    });
    await world.uses.flush();
    expect(await operator.ask('{ operator { apiKeys { nodes { lastUsedAt } } } }')).toMatchObject({
      operator: { apiKeys: { nodes: [{ lastUsedAt: null }, { lastUsedAt: expect.any(String) }] } },
    });
  });
});

describe('createApiKey refuses it', () => {
  it('gives nobody what the giver lacks', async () => {
    const operator = await anOperator(world);
    const { secret } = await operator.aKey({ scopes: ['keys:write', 'orders:read'] });
    const input = { name: 'more', scopes: ['orders:write', 'orders:read'] };
    const refused = (await world.ask(secret, CREATE, { input })) as { createApiKey: unknown };
    expect(refused.createApiKey).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['scopes'], message: '"orders:write" cannot be given: this key lacks it itself' }],
    });
    expect(await operator.do(CREATE, { name: 'up', scopes: ['operators:write'] })).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await operator.do(CREATE, { name: 'up', kind: 'PLATFORM' })).toMatchObject({ issues: [{ path: ['kind'] }] });
    expect(await operator.do(CREATE, { name: 'x', scopes: ['everything'] })).toMatchObject({
      issues: [{ path: ['scopes', '0'] }],
    });
  });

  it('mixes no modes', async () => {
    const operator = await anOperator(world);
    expect(await operator.do(CREATE, { name: 'live', mode: 'LIVE' })).toMatchObject({ code: 'KEY_MODE_MISMATCH' });
  });

  it('makes no key that has ended already', async () => {
    const operator = await anOperator(world);
    expect(await operator.do(CREATE, { name: 'late', expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['expiresAt'] }],
    });
  });

  it("lets a merchant's key make none", async () => {
    const merchant = await aMerchant(world);
    await expect(merchant.do(CREATE, { name: 'x' })).rejects.toThrow(
      'FORBIDDEN: this key lacks the scope "keys:write"',
    );
  });
});

describe('createApiKey hides other tenants', () => {
  it("answers another operator's merchant as one that never was", async () => {
    const [mine, other] = [await anOperator(world), await aMerchant(world)];
    for (const merchantId of [other.id, publicId('merchant', newUuid()), 'mer_nonsense']) {
      expect(await mine.do(CREATE, { name: 'x', merchantId })).toEqual({
        code: 'NOT_FOUND',
        message: 'no such merchant',
        issues: [],
      });
    }
    for (const operatorId of [other.operator.id, publicId('operator', newUuid()), 'nonsense']) {
      expect(await mine.do(CREATE, { name: 'x', operatorId })).toEqual({
        code: 'NOT_FOUND',
        message: 'no such operator',
        issues: [],
      });
    }
    expect(await platform.do(CREATE, { name: 'x', operatorId: publicId('operator', newUuid()) })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('createApiKey twice at once', () => {
  it('makes one key and tells its text once', async () => {
    const operator = await anOperator(world);
    const input = { name: 'once', idempotencyKey: 'key-1' };
    const made = await Promise.all([1, 2, 3].map(() => operator.do<Made>(CREATE, input)));
    expect(new Set(made.map(({ apiKey }) => apiKey.id)).size).toBe(1);
    expect(made.filter(({ secret }) => secret !== null)).toHaveLength(1);
  });
});

describe('revokeApiKey does it', () => {
  it('ends the key, its sockets, and is announced', async () => {
    const operator = await anOperator(world);
    const { secret, apiKey } = await operator.aKey();
    const principal = await world.authenticate(`Bearer ${secret}`);
    const ended = new Promise<void>((resolve) => world.watch.attend(principal, resolve));
    expect(await operator.do(REVOKE, { id: apiKey.id })).toMatchObject({ apiKey: { revokedAt: expect.any(String) } });
    await ended;
    await expect(world.ask(secret, VIEWER)).rejects.toThrow('missing, unknown, expired or revoked');
    expect(await operator.events('api_key.revoked')).toEqual(['api_key.revoked']);
  });

  it('may end the key that asks', async () => {
    const operator = await anOperator(world);
    const { secret, apiKey } = await operator.aKey();
    await world.ask(secret, REVOKE, { input: { id: apiKey.id } });
    await eventually(() => expect(world.ask(secret, VIEWER)).rejects.toThrow('revoked'));
  });

  it("lets the platform end any operator's key", async () => {
    const operator = await anOperator(world);
    const { apiKey } = await operator.aKey();
    expect(await platform.do(REVOKE, { id: apiKey.id })).toMatchObject({ apiKey: { id: apiKey.id } });
  });
});

describe('revokeApiKey refuses it', () => {
  it('knows no such key', async () => {
    const operator = await anOperator(world);
    for (const asker of [operator, platform]) {
      for (const id of [publicId('apiKey', newUuid()), 'key_nonsense', operator.id]) {
        expect(await asker.do(REVOKE, { id })).toEqual({ code: 'NOT_FOUND', message: 'no such API key', issues: [] });
      }
    }
  });
});

describe('revokeApiKey keeps test and live apart', () => {
  it("answers a key of the other mode as one that never was; the platform's ends both", async () => {
    const operator = await platform.anOperator();
    const test = await operator.aKey();
    const live = await platform.do<Made>(
      `mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { ... on CreateApiKeyPayload { secret apiKey { id scopes } } } }`,
      { name: 'live', operatorId: operator.id, mode: 'LIVE' },
    );
    const unknown = { code: 'NOT_FOUND', message: 'no such API key', issues: [] };
    expect(await operator.do(REVOKE, { id: live.apiKey.id })).toEqual(unknown);
    expect(await world.ask(live.secret ?? '', REVOKE, { input: { id: test.apiKey.id } })).toEqual({
      revokeApiKey: unknown,
    });
    for (const secret of [test.secret, live.secret ?? '']) {
      expect(await world.ask(secret, VIEWER)).toMatchObject({ viewer: { kind: 'OPERATOR' } });
    }
    for (const { id } of [test.apiKey, live.apiKey]) {
      expect(await platform.do(REVOKE, { id })).toMatchObject({ apiKey: { id, revokedAt: expect.any(String) } });
    }
  });
});

describe('revokeApiKey hides other tenants', () => {
  it("answers another operator's key as one that never was, and leaves it alone", async () => {
    const [mine, other] = [await anOperator(world), await anOperator(world)];
    const { secret, apiKey } = await other.aKey();
    expect(await mine.do(REVOKE, { id: apiKey.id })).toEqual({
      code: 'NOT_FOUND',
      message: 'no such API key',
      issues: [],
    });
    expect(await mine.ask('query ($id: ID!) { node(id: $id) { id } }', { id: apiKey.id })).toEqual({ node: null });
    expect(await world.ask(secret, VIEWER)).toMatchObject({ viewer: { kind: 'OPERATOR' } });
  });
});

describe('revokeApiKey twice at once', () => {
  it('succeeds each time and is announced once; the first time stands', async () => {
    const operator = await anOperator(world);
    const { apiKey } = await operator.aKey();
    const revoked = await Promise.all(
      [1, 2, 3].map(() => operator.do<{ apiKey: { revokedAt: string } }>(REVOKE, { id: apiKey.id })),
    );
    expect(new Set(revoked.map((each) => each.apiKey.revokedAt)).size).toBe(1);
    expect(await operator.events('api_key.revoked')).toHaveLength(1);
  });
});
