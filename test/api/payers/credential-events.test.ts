import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, type Json, type Product, pay, type Shop, startProduct } from '../../support/product.js';
import {
  add,
  aStoredCard,
  atStripe,
  attend,
  type CredentialView,
  credentialById,
  credentialsOf,
  eventsOf,
  externalIdsOf,
  rows,
  stored,
} from './stored-cards.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
afterAll(() => product.close());

async function tokenOf(card: CredentialView): Promise<string> {
  return (await externalIdsOf(product, card.id)).token;
}

const ids = (card: CredentialView) => ({
  storedCredentialId: card.id,
  payerId: expect.stringMatching(/^payer_/),
  mode: 'TEST',
});

/** How the events about an object were taken, by type. */
async function takenOf(objectId: string): Promise<Json[]> {
  return rows(
    product,
    `select type, status from inbox_events where payload #>> '{data,object,id}' = $1 order by received_at, event_id`,
    [objectId],
  );
}

describe('a card that its bank renews', () => {
  it('shows its new date, and that is told with the one before', async () => {
    const card = await aStoredCard(shop);
    product.sandbox.control.renewCard(await tokenOf(card), { expMonth: 3, expYear: 2041 });
    await product.settle();
    expect(await credentialById(shop, card.id)).toEqual({ ...card, expiryMonth: 3, expiryYear: 2041 });
    const { lastFour, expiryMonth, expiryYear } = card;
    expect(await eventsOf(product, card.id)).toEqual([
      [
        'stored_credential.updated',
        {
          ...ids(card),
          before: { lastFour, expiryMonth, expiryYear },
          after: { lastFour, expiryMonth: 3, expiryYear: 2041 },
        },
      ],
    ]);
    expect((await shop.sale({ payment: stored(card.id) })).order.status).toBe('CAPTURED');
  });

  it('is told of once, though events come twice', async () => {
    const card = await aStoredCard(shop);
    const token = await tokenOf(card);
    product.sandbox.control.renewCard(token, { expMonth: 5, expYear: 2042 });
    product.sandbox.control.renewCard(token, { expMonth: 5, expYear: 2042 });
    await product.settle();
    expect(await eventsOf(product, card.id)).toHaveLength(1);
    expect((await takenOf(token)).map(({ status }) => status)).toEqual(['PROCESSED', 'PROCESSED']);
  });
});

describe('a card that is detached in the payment system’s console', () => {
  it('is removed, says why, and pays nothing any more', async () => {
    const card = await aStoredCard(shop, { payer: { reference: 'gone' } });
    await atStripe(product, shop, `payment_methods/${await tokenOf(card)}/detach`, {});
    await product.settle();
    expect(await credentialById(shop, card.id)).toEqual({
      ...card,
      status: 'REMOVED',
      removedBecause: 'DETACHED_ELSEWHERE',
    });
    expect(await credentialsOf(shop, 'gone')).toEqual([]);
    expect(await eventsOf(product, card.id)).toEqual([
      ['stored_credential.removed', { ...ids(card), reason: 'DETACHED_ELSEWHERE' }],
    ]);
    expect(await shop.sale({ payment: stored(card.id) })).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
  });
});

describe('what is not stored here', () => {
  it('is left alone', async () => {
    const { id: customer } = await atStripe(product, shop, 'customers', {});
    const form = { customer: String(customer) };
    const foreign = await atStripe(product, shop, 'payment_methods/pm_card_visa/attach', form);
    product.sandbox.control.clearRequests();
    product.sandbox.control.renewCard(String(foreign.id), { expMonth: 1, expYear: 2043 });
    await product.settle();
    expect(await takenOf(String(foreign.id))).toEqual([
      { type: 'payment_method.automatically_updated', status: 'FOREIGN' },
    ]);
    expect(product.sandbox.control.requests({ accountId: shop.stripe.accountId, path: '/payment_methods' })).toEqual(
      [],
    );
  });
});

describe('a bank account whose mandate is withdrawn', () => {
  it('is removed, and its mandate is INACTIVE', async () => {
    const mandate = { acceptedAt: '2026-11-21T12:00:00Z', ipAddress: '203.0.113.7', userAgent: 'Firefox' };
    const payer = { reference: 'banker', email: 'banker@example.com', name: 'Bo Banker' };
    await add(shop, { payer, payment: pay('pm_success_de', { mandate }), currency: 'EUR' });
    await product.settle();
    await attend(product);
    const [account] = await credentialsOf(shop, 'banker');
    if (!account) throw new Error('nothing was stored');
    const externalIds = await externalIdsOf(product, account.id);
    product.sandbox.control.revokeMandate(externalIds.mandate ?? '');
    await product.settle();
    expect(await credentialById(shop, account.id)).toMatchObject({
      status: 'REMOVED',
      removedBecause: 'MANDATE_INACTIVE',
      mandate: { status: 'INACTIVE' },
    });
    expect(await eventsOf(product, account.id)).toEqual([
      ['stored_credential.removed', { ...ids(account), reason: 'MANDATE_INACTIVE' }],
    ]);
    expect(await shop.sale({ payment: stored(account.id) })).toMatchObject({ code: 'CREDENTIAL_UNUSABLE' });
  });
});
