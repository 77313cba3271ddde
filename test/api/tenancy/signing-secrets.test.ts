import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import {
  type RewrapParts,
  rewrapDataKeys,
  type SigningParty,
  signingSecretsOf,
  signingSecretsOfMany,
} from '../../../src/features/tenancy/index.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { generateMasterKey, MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { type Asker, aMerchant, anOperator, asOwner, type MerchantAsker } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const ROTATE = `mutation ($input: RotateSigningSecretInput!) { rotateSigningSecret(input: $input) {
  ... on RotateSigningSecretPayload { secret previousValidUntil merchant { id signingSecrets { hint createdAt expiresAt } } }
  ... on Problem { code message issues { path message } } } }`;
const LIST = 'query ($id: ID) { merchant(id: $id) { signingSecrets { hint createdAt expiresAt } } }';

interface Listed {
  readonly hint: string;
  readonly expiresAt: string | null;
}

interface Rotated {
  readonly secret: string;
  readonly previousValidUntil: string | null;
  readonly merchant: { readonly id: string; readonly signingSecrets: readonly Listed[] };
}

const HOUR_MS = 3_600_000;

let world: World;
let shop: MerchantAsker;
beforeAll(async () => {
  world = await startWorld();
  shop = await aMerchant(world);
});
afterAll(() => world.close());

const rotate = (by: Asker, input: object = {}) => by.do<Rotated>(ROTATE, input);

const partyOf = ({ uuid: merchantId }: MerchantAsker): SigningParty => ({ merchantId, mode: 'TEST' });

function secretsOf(merchant: MerchantAsker, masterKeys = world.masterKeys): Promise<readonly string[]> {
  return world.units.sql(merchant.operator.uuid, (sql) => signingSecretsOf(sql, masterKeys, partyOf(merchant)));
}

/** Moves the ends of what is kept, as if that much time had gone by. */
function age(merchant: MerchantAsker, byMs: number): Promise<object[]> {
  return asOwner(
    world,
    `update merchant_signing_secrets set expires_at = expires_at - $2 * interval '1 millisecond',
       created_at = created_at - $2 * interval '1 millisecond' where merchant_id = $1`,
    [merchant.uuid, byMs],
  );
}

const hintOf = (secret: string) => `whsec_…${secret.slice(-4)}`;

describe('rotateSigningSecret does it', () => {
  it('for a merchant by its own key, and shows a secret that Standard Webhooks takes', async () => {
    const merchant = await aMerchant(world);
    const { secret, previousValidUntil, merchant: shown } = await rotate(merchant);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{40}$/);
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(30);
    expect(previousValidUntil).toBeNull();
    expect(shown).toEqual({
      id: merchant.id,
      signingSecrets: [{ hint: hintOf(secret), createdAt: expect.any(String), expiresAt: null }],
    });
    const webhook = new Webhook(secret);
    const now = new Date();
    const signature = webhook.sign('msg_1', now, '{}');
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}` };
    expect(webhook.verify('{}', { ...headers, 'webhook-signature': signature })).toEqual({});
    expect(await secretsOf(merchant)).toEqual([secret]);
  });

  it("for an operator's merchant by the operator's key", async () => {
    const merchant = await aMerchant(world);
    const { secret } = await rotate(merchant.operator, { merchantId: merchant.id });
    expect(await secretsOf(merchant)).toEqual([secret]);
  });

  it('keeps the one before for a day, or as long as is asked', async () => {
    const merchant = await aMerchant(world);
    const first = await rotate(merchant);
    const second = await rotate(merchant);
    const aheadMs = (text: string | null) => Date.parse(text ?? '') - world.units.clock.now().getTime();
    expect(Math.round(aheadMs(second.previousValidUntil) / HOUR_MS)).toBe(24);
    expect(await secretsOf(merchant)).toEqual([second.secret, first.secret]);
    await age(merchant, 25 * HOUR_MS);
    expect(await secretsOf(merchant)).toEqual([second.secret]);
    const third = await rotate(merchant, { overlapSeconds: 604_800 });
    expect(Math.round(aheadMs(third.previousValidUntil) / HOUR_MS)).toBe(168);
  });

  it('twice within the overlap leaves each older one its own end, and two of them at most', async () => {
    const merchant = await aMerchant(world);
    const first = await rotate(merchant);
    const second = await rotate(merchant);
    await age(merchant, HOUR_MS);
    const third = await rotate(merchant);
    expect(await secretsOf(merchant)).toEqual([third.secret, second.secret, first.secret]);
    const [, older = null, oldest = null] = third.merchant.signingSecrets.map(({ expiresAt }) => expiresAt);
    expect(older).toBe(third.previousValidUntil);
    expect(Math.round((Date.parse(older ?? '') - Date.parse(oldest ?? '')) / HOUR_MS)).toBe(1);
    await age(merchant, HOUR_MS);
    const fourth = await rotate(merchant);
    expect(await secretsOf(merchant)).toEqual([fourth.secret, third.secret, second.secret]);
    await age(merchant, 23.5 * HOUR_MS);
    expect(await secretsOf(merchant)).toEqual([fourth.secret, third.secret]);
  });

  it('with no overlap ends all that were valid, and deletes them', async () => {
    const merchant = await aMerchant(world);
    await rotate(merchant);
    await rotate(merchant);
    const { secret } = await rotate(merchant, { overlapSeconds: 0 });
    expect(await secretsOf(merchant)).toEqual([secret]);
    const rows = await asOwner(world, 'select 1 from merchant_signing_secrets where merchant_id = $1', [merchant.uuid]);
    expect(rows).toHaveLength(1);
  });

  it('keeps test and live apart', async () => {
    const operator = await anOperator(world);
    const merchant = await operator.aMerchant();
    const live = { merchantId: merchant.uuid, mode: 'LIVE' } as const;
    const before = await world.units.sql(operator.uuid, (sql) => signingSecretsOf(sql, world.masterKeys, live));
    const { secret } = await rotate(merchant, { overlapSeconds: 0 });
    expect(await secretsOf(merchant)).toEqual([secret]);
    expect(await world.units.sql(operator.uuid, (sql) => signingSecretsOf(sql, world.masterKeys, live))).toEqual(
      before,
    );
  });

  it('once for an idempotency key, and does not show the secret again', async () => {
    const merchant = await aMerchant(world);
    await rotate(merchant);
    const input = { idempotencyKey: 'rotate-1', overlapSeconds: 600 };
    const first = await rotate(merchant, input);
    const again = await rotate(merchant, input);
    expect(first.secret).toMatch(/^whsec_/);
    expect(again).toEqual({ ...first, secret: null });
    expect(await rotate(merchant, { ...input, overlapSeconds: 601 })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('one after the other, however many come at once', async () => {
    const merchant = await aMerchant(world);
    const rotated = await Promise.all(Array.from({ length: 6 }, () => rotate(merchant)));
    const valid = await secretsOf(merchant);
    expect(valid).toHaveLength(3);
    expect(new Set(valid).size).toBe(3);
    for (const secret of valid) expect(rotated.map((each) => each.secret)).toContain(secret);
    expect(await merchant.operator.events('merchant.signing_secret_rotated')).toHaveLength(6);
  });

  it('and says so in an event, without the secret', async () => {
    const merchant = await aMerchant(world);
    const { secret } = await rotate(merchant);
    const [event] = await asOwner<{ payload: object; merchant_id: string }>(
      world,
      `select payload, merchant_id from events where type = 'merchant.signing_secret_rotated' and subject_id = $1`,
      [merchant.uuid],
    );
    expect(event).toEqual({
      merchant_id: merchant.uuid,
      payload: { mode: 'TEST', hint: hintOf(secret), previousValidUntil: null },
    });
  });
});

describe('rotateSigningSecret refuses', () => {
  it.each([-1, 604_801])('an overlap of %s seconds', async (overlapSeconds) => {
    expect(await rotate(shop, { overlapSeconds })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['overlapSeconds'], message: 'must be a whole number of seconds from 0 to 604800' }],
    });
  });

  it("another operator's merchant, and another merchant's, exactly as one that never was", async () => {
    const operator = await anOperator(world);
    const [own, other] = [await operator.aMerchant(), await operator.aMerchant()];
    const never = publicId('merchant', newUuid());
    const answers = [
      await rotate(operator, { merchantId: never }),
      await rotate(operator, { merchantId: shop.id }),
      await rotate(own, { merchantId: other.id }),
      await rotate(own, { merchantId: 'nonsense' }),
    ];
    for (const answer of answers)
      expect(answer).toEqual({ code: 'NOT_FOUND', message: expect.any(String), issues: [] });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('an operator key that names no merchant', async () => {
    expect(await rotate(shop.operator)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['merchantId'] }] });
  });

  it('a key without the scope', async () => {
    const { secret } = await shop.operator.aKey({ merchantId: shop.id, scopes: ['merchants:read', 'orders:write'] });
    await expect(world.ask(secret, ROTATE, { input: {} })).rejects.toThrow(
      'FORBIDDEN: this key lacks the scope "signing-secrets:write"',
    );
  });
});

describe('Merchant.signingSecrets', () => {
  it('lists by their hints what is valid, in the mode of the key, and nothing before the first is needed', async () => {
    const merchant = await aMerchant(world);
    expect(await merchant.ask(LIST)).toEqual({ merchant: { signingSecrets: [] } });
    const [first = ''] = await secretsOf(merchant);
    const { secret } = await rotate(merchant);
    const expected = { merchant: { signingSecrets: [{ hint: hintOf(secret) }, { hint: hintOf(first) }] } };
    expect(await merchant.ask(LIST)).toMatchObject(expected);
    expect(await merchant.operator.ask(LIST, { id: merchant.id })).toMatchObject(expected);
    const stranger = await anOperator(world);
    expect(await stranger.ask(LIST, { id: merchant.id })).toEqual({ merchant: null });
  });

  it('needs merchants:read', async () => {
    const { secret } = await shop.operator.aKey({ merchantId: shop.id, scopes: ['signing-secrets:write'] });
    await expect(world.ask(secret, ROTATE, { input: {} })).rejects.toThrow('lacks the scope "merchants:read"');
  });
});

describe('the secrets to sign with', () => {
  it('are made once, however many ask first at once', async () => {
    const merchant = await aMerchant(world);
    const answers = await Promise.all(Array.from({ length: 8 }, () => secretsOf(merchant)));
    expect(answers[0]).toHaveLength(1);
    expect(new Set(answers.flat()).size).toBe(1);
  });

  it('are made once beside a rotation', async () => {
    const merchant = await aMerchant(world);
    const [, { secret }] = await Promise.all([secretsOf(merchant), rotate(merchant), secretsOf(merchant)]);
    const [current, ...older] = await secretsOf(merchant);
    expect(current).toBe(secret);
    expect(older.length).toBeLessThanOrEqual(1);
  });

  it('of several come in the order asked, of one that is asked twice, too', async () => {
    const operator = await anOperator(world);
    const merchants = [await operator.aMerchant(), await operator.aMerchant()] as const;
    const [a, b] = [partyOf(merchants[0]), partyOf(merchants[1])];
    const asked = [b, a, b, { ...a, mode: 'LIVE' as const }];
    const many = await world.units.sql(operator.uuid, (sql) => signingSecretsOfMany(sql, world.masterKeys, asked));
    const [ofA, ofB] = [await secretsOf(merchants[0]), await secretsOf(merchants[1])];
    expect(many.slice(0, 3)).toEqual([ofB, ofA, ofB]);
    expect(many[3]).toHaveLength(1);
    expect(many[3]).not.toEqual(ofA);
    expect(await world.units.sql(operator.uuid, (sql) => signingSecretsOfMany(sql, world.masterKeys, []))).toEqual([]);
  });

  it('of a merchant that is not there are none', async () => {
    const party = { merchantId: newUuid(), mode: 'TEST' } as const;
    const { uuid } = shop.operator;
    expect(await world.units.sql(uuid, (sql) => signingSecretsOf(sql, world.masterKeys, party))).toEqual([]);
    const stranger = await anOperator(world);
    const foreign = world.units.sql(stranger.uuid, (sql) => signingSecretsOf(sql, world.masterKeys, partyOf(shop)));
    expect(await foreign).toEqual([]);
  });

  it('can be read in their own row only', async () => {
    const [one, other] = [await shop.operator.aMerchant(), await shop.operator.aMerchant()];
    await rotate(one);
    await rotate(other);
    await asOwner(
      world,
      `update merchant_signing_secrets s set secret_encrypted = o.secret_encrypted
       from merchant_signing_secrets o where s.merchant_id = $1 and o.merchant_id = $2`,
      [one.uuid, other.uuid],
    );
    await expect(secretsOf(one)).rejects.toThrow('cannot be read: it was changed, or belongs elsewhere');
  });
});

describe('nowhere but in the answer', () => {
  it('is a secret told: in no table and no list', async () => {
    const merchant = await aMerchant(world);
    const { secret } = await rotate(merchant, { idempotencyKey: 'canary' });
    const bytes = secret.slice(6);
    const dumps = await asOwner<{ text: string }>(
      world,
      `select (select coalesce(string_agg(t::text, ' '), '') from events t where operator_id = $1)
         || (select coalesce(string_agg(t::text, ' '), '') from idempotency_keys t where operator_id = $1)
         || (select string_agg(t::text, ' ') from merchant_signing_secrets t where operator_id = $1) as text`,
      [merchant.operator.uuid],
    );
    const all = `${dumps[0]?.text}${JSON.stringify(await merchant.ask(LIST))}`;
    expect(all).toContain(hintOf(secret));
    expect(all).not.toContain(bytes);
    expect(all).not.toContain(bytes.slice(0, 12));
    expect(all).not.toContain(Buffer.from(bytes, 'base64').toString('hex').slice(0, 16));
  });
});

describe('a new master key', () => {
  it('takes the secrets over with the data key they are under', async () => {
    const [oldText, newText] = [generateMasterKey(), generateMasterKey()];
    const both = MasterKeys.parse(`${newText},${oldText}`);
    const other = await startWorld(undefined, MasterKeys.parse(oldText));
    try {
      const merchant = await aMerchant(other);
      const read = (masterKeys: MasterKeys) =>
        other.units.sql(merchant.operator.uuid, (sql) => signingSecretsOf(sql, masterKeys, partyOf(merchant)));
      const { secret } = await rotate(merchant);
      const parts: RewrapParts = { units: other.units, system: other.system, masterKeys: both };
      await rewrapDataKeys(parts, () => undefined);
      expect(await read(MasterKeys.parse(newText))).toEqual([secret]);
      await expect(read(MasterKeys.parse(oldText))).rejects.toThrow('not configured');
    } finally {
      await other.close();
    }
  });
});
