import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { aMerchant, anOperator, asOwner } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const FIELDS = `merchant { id name allowedSources pciDssCertified callbackUrl callbackFormat retryPolicyDays timeZone invoiceDueDays
  defaultPaymentSystemAccountId } } ... on Problem { code message issues { path message } } } }`;
const CREATE = `mutation ($input: CreateMerchantInput!) { createMerchant(input: $input) { ... on CreateMerchantPayload { ${FIELDS}`;
const UPDATE = `mutation ($input: UpdateMerchantInput!) { updateMerchant(input: $input) { ... on UpdateMerchantPayload { ${FIELDS}`;
const READ = 'query ($id: ID) { merchant(id: $id) { id name } }';

const DEFAULT_SOURCES = ['INTERNET', 'MOTO', 'MAIL_ORDER', 'TELEPHONE_ORDER', 'VOICE_RESPONSE', 'CALL_CENTER'];

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('createMerchant and updateMerchant do it', () => {
  it('makes a merchant as most shops want it', async () => {
    const operator = await anOperator(world, { timeZone: 'Asia/Tokyo' });
    expect(await operator.do(CREATE, { name: 'Tea' })).toMatchObject({
      merchant: {
        name: 'Tea',
        allowedSources: DEFAULT_SOURCES,
        pciDssCertified: false,
        callbackUrl: null,
        callbackFormat: 'JSON',
        retryPolicyDays: [1, 3, 5, 7],
        timeZone: 'Asia/Tokyo',
        invoiceDueDays: 14,
        defaultPaymentSystemAccountId: null,
      },
    });
    expect(await operator.events('merchant.created')).toEqual(['merchant.created']);
  });

  it('changes what is given, clears what is null, and leaves the rest', async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant({
      name: 'Old',
      callbackUrl: 'https://shop.example/notify',
      retryPolicyDays: [2, 4],
    });
    expect(
      await operator.do(UPDATE, { merchantId, name: 'New', allowedSources: ['MERCHANT', 'INTERNET'] }),
    ).toMatchObject({
      merchant: {
        name: 'New',
        allowedSources: ['INTERNET', 'MERCHANT'],
        callbackUrl: 'https://shop.example/notify',
        retryPolicyDays: [2, 4],
      },
    });
    expect(
      await operator.do(UPDATE, { merchantId, callbackUrl: null, retryPolicyDays: [], invoiceDueDays: 0 }),
    ).toMatchObject({
      merchant: { name: 'New', callbackUrl: null, retryPolicyDays: [], invoiceDueDays: 0 },
    });
    await operator.do(UPDATE, { merchantId, name: 'New' });
    expect(await operator.events('merchant.updated')).toEqual(['merchant.updated', 'merchant.updated']);
  });

  it("keeps the operator's own account as the default", async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant();
    const account = await anAccountOf(operator.uuid);
    expect(await operator.do(UPDATE, { merchantId, defaultPaymentSystemAccountId: account })).toMatchObject({
      merchant: { defaultPaymentSystemAccountId: account },
    });
  });

  it('shows a merchant itself, with and without its id', async () => {
    const merchant = await aMerchant(world, { name: 'Shop' });
    for (const id of [merchant.id, null]) {
      expect(await merchant.ask(READ, { id })).toEqual({ merchant: { id: merchant.id, name: 'Shop' } });
    }
    expect(await merchant.ask('{ viewer { kind merchant { name callbackFormat } operator { id } } }')).toEqual({
      viewer: { kind: 'MERCHANT', merchant: { name: 'Shop', callbackFormat: 'JSON' }, operator: null },
    });
  });

  it("lists an operator's merchants, newest first, page by page", async () => {
    const operator = await anOperator(world);
    for (const name of ['one', 'two', 'three']) await operator.aMerchant({ name });
    const LIST = `query ($after: String) { operator { merchants(first: 2, after: $after) {
      nodes { name } pageInfo { hasNextPage endCursor } } } }`;
    const page = (await operator.ask(LIST)) as { operator: { merchants: { pageInfo: { endCursor: string } } } };
    expect(page).toMatchObject({
      operator: { merchants: { nodes: [{ name: 'three' }, { name: 'two' }], pageInfo: { hasNextPage: true } } },
    });
    const after = page.operator.merchants.pageInfo.endCursor;
    expect(await operator.ask(LIST, { after })).toMatchObject({
      operator: { merchants: { nodes: [{ name: 'one' }], pageInfo: { hasNextPage: false } } },
    });
    const foreign = Buffer.from('1:nonsense').toString('base64url');
    await expect(operator.ask(LIST, { after: foreign })).rejects.toThrow('BAD_REQUEST');
  });
});

describe('createMerchant and updateMerchant refuse it', () => {
  it('allows no source that needs a terminal, and says why', async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant();
    for (const source of ['CARD_PRESENT', 'PAYER_PRESENT']) {
      const problem = {
        code: 'INVALID_INPUT',
        issues: [{ path: ['allowedSources'], message: expect.stringMatching(`${source} cannot be allowed.*terminal`) }],
      };
      expect(await operator.do(CREATE, { name: 'POS', allowedSources: ['INTERNET', source] })).toMatchObject(problem);
      expect(await operator.do(UPDATE, { merchantId, allowedSources: [source] })).toMatchObject(problem);
    }
  });

  it('names every fault at once', async () => {
    const operator = await anOperator(world);
    const input = {
      name: 'x'.repeat(201),
      allowedSources: [],
      callbackUrl: 'ftp://x',
      retryPolicyDays: [3, 1],
      invoiceDueDays: 366,
    };
    expect(await operator.do(CREATE, input)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [
        { path: ['name'] },
        { path: ['allowedSources'] },
        { path: ['callbackUrl'] },
        { path: ['retryPolicyDays'] },
        { path: ['invoiceDueDays'], message: 'must be 0 to 365 days, not 366' },
      ],
    });
  });

  it('does not clear what cannot be empty', async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant();
    expect(await operator.do(UPDATE, { merchantId, name: null })).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['name'] }],
    });
  });

  it('takes no card number for a name', async () => {
    const operator = await anOperator(world);
    expect(await operator.do(CREATE, { name: 'card 4242 4242 4242 4242' })).toMatchObject({
      code: 'CARD_DATA_NOT_ALLOWED',
    });
  });

  it('is for keys that may write merchants', async () => {
    const merchant = await aMerchant(world);
    await expect(merchant.do(CREATE, { name: 'Mine' })).rejects.toThrow(
      'FORBIDDEN: this key lacks the scope "merchants:write"',
    );
    await expect(merchant.do(UPDATE, { merchantId: merchant.id })).rejects.toThrow('FORBIDDEN');
  });

  it('asks an operator which merchant', async () => {
    const operator = await anOperator(world);
    await expect(operator.ask(READ)).rejects.toThrow('BAD_REQUEST: id: an operator key must say');
  });
});

describe('createMerchant and updateMerchant hide other tenants', () => {
  it("answers another operator's merchant exactly as one that never was", async () => {
    const [mine, other] = [await anOperator(world), await aMerchant(world)];
    const unknown = publicId('merchant', newUuid());
    const answers = await Promise.all(
      [other.id, unknown, 'mer_nonsense'].map((merchantId) => mine.do(UPDATE, { merchantId, name: 'X' })),
    );
    for (const answer of answers)
      expect(answer).toEqual({ code: 'NOT_FOUND', message: 'no such merchant', issues: [] });
    for (const id of [other.id, unknown, 'nonsense']) {
      expect(await mine.ask(READ, { id })).toEqual({ merchant: null });
      expect(await mine.ask('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
    }
    expect(await other.ask(READ)).toMatchObject({ merchant: { name: 'Merchant' } });
  });

  it('hides merchants of one operator from each other', async () => {
    const operator = await anOperator(world);
    const [one, two] = [await operator.aMerchant(), await operator.aMerchant()];
    expect(await one.ask(READ, { id: two.id })).toEqual({ merchant: null });
    expect(await one.ask('query ($id: ID!) { node(id: $id) { id } }', { id: two.id })).toEqual({ node: null });
    expect(await one.ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id: one.id })).toEqual({
      node: { __typename: 'Merchant', id: one.id },
    });
  });

  it("knows no other operator's payment system account", async () => {
    const [mine, other] = [await anOperator(world), await anOperator(world)];
    const { id: merchantId } = await mine.aMerchant();
    const foreign = await anAccountOf(other.uuid);
    for (const defaultPaymentSystemAccountId of [
      foreign,
      publicId('paymentSystemAccount', newUuid()),
      'psa_nonsense',
    ]) {
      expect(await mine.do(UPDATE, { merchantId, defaultPaymentSystemAccountId })).toMatchObject({
        code: 'NOT_FOUND',
        message: 'no such payment system account',
      });
    }
  });
});

describe('createMerchant and updateMerchant twice at once', () => {
  it('makes one merchant for one key', async () => {
    const operator = await anOperator(world);
    const input = { name: 'Once', idempotencyKey: 'merchant-1' };
    const made = await Promise.all([1, 2, 3, 4].map(() => operator.do<{ merchant: { id: string } }>(CREATE, input)));
    expect(new Set(made.map(({ merchant }) => merchant.id)).size).toBe(1);
    expect(await operator.events('merchant.created')).toHaveLength(1);
    expect(await operator.do(CREATE, { ...input, pciDssCertified: true })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it("does not meet another operator's same key", async () => {
    const input = { name: 'Each', idempotencyKey: 'shared' };
    const [one, two] = [await anOperator(world), await anOperator(world)];
    const made = await Promise.all([one, two].map((each) => each.do<{ merchant: { id: string } }>(CREATE, input)));
    expect(new Set(made.map(({ merchant }) => merchant.id)).size).toBe(2);
  });

  it('lets one change follow the other, and loses none', async () => {
    const operator = await anOperator(world);
    const { id: merchantId } = await operator.aMerchant();
    await Promise.all([
      operator.do(UPDATE, { merchantId, name: 'Renamed' }),
      operator.do(UPDATE, { merchantId, retryPolicyDays: [30] }),
    ]);
    expect(await operator.do(UPDATE, { merchantId })).toMatchObject({
      merchant: { name: 'Renamed', retryPolicyDays: [30] },
    });
  });
});

async function anAccountOf(operatorId: string): Promise<string> {
  const id = newUuid();
  await asOwner(
    world,
    `insert into payment_system_accounts (operator_id, id, kind, mode, publishable_key, secret_key_encrypted, secret_key_hint,
       status, external_account_id, polled, verified_at, created_at)
     values ($1, $2, 'STRIPE', 'TEST', 'pk_test_x', '', '', 'ACTIVE', 'acct_x', false, now(), now())`,
    [operatorId, id],
  );
  return publicId('paymentSystemAccount', id);
}
