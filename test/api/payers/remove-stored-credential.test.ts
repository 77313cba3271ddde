import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  aMerchant,
  anOperator,
  aShop,
  Client,
  connect,
  type Product,
  type Shop,
  startProduct,
} from '../../support/product.js';
import {
  aStoredCard,
  asked,
  atStripe,
  attend,
  credentialById,
  credentialsOf,
  eventsOf,
  externalIdsOf,
  removeCard,
  stored,
} from './stored-cards.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
beforeEach(() => product.sandbox.control.clearRequests());
afterAll(() => product.close());

const detachments = (owner = shop) => asked(product, owner, 'POST', '/detach$');

async function customerOf(cardId: string): Promise<unknown> {
  const { token } = await externalIdsOf(product, cardId);
  return (await atStripe(product, shop, `payment_methods/${token}`)).customer;
}

describe('a card that is removed', () => {
  it('is detached at the payment system, and is not listed any more', async () => {
    const card = await aStoredCard(shop, { payer: { reference: 'leaver' } });
    expect(await customerOf(card.id)).toMatch(/^cus_/);
    const removed = { ...card, status: 'REMOVED', removedBecause: 'REQUESTED' };
    expect(await removeCard(shop, card.id)).toEqual({ storedCredential: removed });
    expect(await customerOf(card.id)).toBeNull();
    expect(await credentialsOf(shop, 'leaver')).toEqual([]);
    expect(await credentialById(shop, card.id)).toEqual(removed);
    expect((await externalIdsOf(product, card.id)).due).toBeNull();
  });

  it('pays nothing any more', async () => {
    const card = await aStoredCard(shop);
    await removeCard(shop, card.id);
    product.sandbox.control.clearRequests();
    const refusal = { code: 'CREDENTIAL_UNUSABLE', message: expect.stringContaining('removed') };
    expect(await shop.sale({ payment: stored(card.id) })).toMatchObject(refusal);
    const { order } = await shop.createOrder();
    expect(await shop.do('payOrder', { orderId: order.id, payment: stored(card.id) }, 'order { id }')).toMatchObject(
      refusal,
    );
    expect(asked(product, shop, 'POST', '.')).toBe(0);
  });

  it('is told of once, by ids alone, whatever its echo says', async () => {
    const card = await aStoredCard(shop);
    await removeCard(shop, card.id);
    await removeCard(shop, card.id);
    await product.settle();
    expect(await eventsOf(product, card.id)).toEqual([
      [
        'stored_credential.removed',
        {
          storedCredentialId: card.id,
          payerId: expect.stringMatching(/^payer_/),
          mode: 'TEST',
          reason: 'REQUESTED',
        },
      ],
    ]);
  });

  it('is removed once, by two at the same moment', async () => {
    const card = await aStoredCard(shop);
    const answers = await Promise.all([
      removeCard(shop, card.id),
      removeCard(shop, card.id),
      removeCard(shop, card.id),
    ]);
    expect(answers.map(({ storedCredential }) => storedCredential?.status)).toEqual(['REMOVED', 'REMOVED', 'REMOVED']);
    expect(await eventsOf(product, card.id)).toHaveLength(1);
    expect(detachments()).toBe(1);
  });

  it('is stored anew when its payer gives the card again', async () => {
    const payer = { reference: 'returning' };
    const first = await aStoredCard(shop, { payer });
    await removeCard(shop, first.id);
    const second = await aStoredCard(shop, { payer });
    expect(second.id).not.toBe(first.id);
    expect(await credentialsOf(shop, 'returning')).toEqual([second]);
  });
});

describe('a removal', () => {
  it('is the same once more under its key, and another one under it is refused', async () => {
    const [card, other] = [await aStoredCard(shop), await aStoredCard(shop)];
    const first = await removeCard(shop, card.id, { idempotencyKey: 'remove-1' });
    expect(await removeCard(shop, card.id, { idempotencyKey: 'remove-1' })).toEqual(first);
    expect(await removeCard(shop, other.id, { idempotencyKey: 'remove-1' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    expect((await credentialById(shop, other.id))?.status).toBe('ACTIVE');
  });

  it("of another merchant's or operator's card, or of nobody's, finds nothing", async () => {
    const card = await aStoredCard(shop);
    const neighbour = await aMerchant(product, shop.operator, shop.stripe);
    const stranger = await aShop(product);
    const answers = [
      await removeCard(neighbour, card.id),
      await removeCard(stranger, card.id),
      await removeCard(shop, 'cred_00000000000000000000000000'),
      await removeCard(shop, 'cred_broken'),
      await removeCard(shop, shop.id),
    ];
    const nothing = { code: 'NOT_FOUND', message: 'no such stored credential', retryable: false, issues: [] };
    expect(answers).toEqual(answers.map(() => nothing));
    expect(await credentialById(shop, card.id)).toEqual(card);
    expect(detachments()).toBe(0);
  });

  it("may be the operator's", async () => {
    const card = await aStoredCard(shop);
    const input = { storedCredentialId: card.id };
    expect(await shop.operator.do('removeStoredCredential', input, 'storedCredential { status }')).toEqual({
      storedCredential: { status: 'REMOVED' },
    });
  });

  it.each(['orders:write', 'payers:read'])('needs the scope %s', async (missing) => {
    const scopes = ['orders:read', 'orders:write', 'payers:read'].filter((scope) => scope !== missing);
    const made = await shop.operator.do<{ secret: string }>(
      'createApiKey',
      { name: 'narrow', merchantId: shop.id, scopes },
      'secret',
    );
    const card = await aStoredCard(shop);
    const { errors } = await new Client(product.url, made.secret).raw(
      'mutation ($id: ID!) { removeStoredCredential(input: { storedCredentialId: $id }) { __typename } }',
      { id: card.id },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await credentialById(shop, card.id))?.status).toBe('ACTIVE');
  });
});

describe('where the payment system does not answer, a removed card', () => {
  it.each(['error_503', 'error_500_before', 'timeout_before'] as const)(
    'is removed all the same, and detached later: %s',
    async (kind) => {
      const card = await aStoredCard(shop);
      product.sandbox.control.addFault({ kind, path: '/detach$', count: 1 });
      expect((await removeCard(shop, card.id)).storedCredential.status).toBe('REMOVED');
      expect((await externalIdsOf(product, card.id)).due).not.toBeNull();
      await attend(product);
      expect(detachments()).toBe(1);
      product.advance(10);
      await attend(product);
      expect(await customerOf(card.id)).toBeNull();
      expect((await externalIdsOf(product, card.id)).due).toBeNull();
      expect(await eventsOf(product, card.id)).toHaveLength(1);
    },
  );

  it('is not detached once more where its echo shows that only the answer was lost', async () => {
    const card = await aStoredCard(shop);
    product.sandbox.control.addFault({ kind: 'timeout_after', path: '/detach$', count: 1 });
    await removeCard(shop, card.id);
    await product.settle();
    product.advance(10);
    await attend(product);
    expect(detachments()).toBe(1);
    expect((await externalIdsOf(product, card.id)).due).toBeNull();
    expect(await eventsOf(product, card.id)).toHaveLength(1);
  });

  it('is tried again and again until it is detached', async () => {
    const card = await aStoredCard(shop);
    product.sandbox.control.addFault({ kind: 'error_503', path: '/detach$', count: 3 });
    await removeCard(shop, card.id);
    for (const seconds of [10, 40, 400]) {
      expect(await customerOf(card.id)).not.toBeNull();
      product.advance(seconds);
      await attend(product);
    }
    expect(await customerOf(card.id)).toBeNull();
    expect(detachments()).toBe(4);
  });
});

it('a card at an account that was disconnected is removed, and nothing is owed any more', async () => {
  const operator = await anOperator(product);
  const stripe = product.sandbox.control.createAccount();
  const accountId = await connect(operator, stripe);
  const leaving = await aMerchant(product, operator, stripe);
  const card = await aStoredCard(leaving);
  await operator.do('disconnectPaymentSystem', { accountId }, 'account { status }');
  expect((await removeCard(leaving, card.id)).storedCredential.status).toBe('REMOVED');
  expect((await externalIdsOf(product, card.id)).due).toBeNull();
  expect(detachments(leaving)).toBe(0);
});
