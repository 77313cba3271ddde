import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aBillingShop, changed, subscribe } from '../../support/agreements.js';
import { aMerchant, Client, type Product, type Shop, startProduct } from '../../support/product.js';
import { Listener } from './listener.js';

let product: Product;
let shop: Shop;
let neighbour: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product);
  neighbour = await aMerchant(product, shop.operator, shop.stripe);
});

afterAll(() => product.close());

describe('changes of the status of agreements', () => {
  const WATCH = `subscription ($agreementId: ID, $merchantId: ID, $after: EventCursor) {
    agreementStatusChanged(agreementId: $agreementId, merchantId: $merchantId, after: $after) {
      cursor previousStatus status agreementId agreement { id status } } }`;

  function told({ messages }: Listener) {
    const payloads = messages.filter(({ type }) => type === 'next').map(({ payload }) => payload as unknown);
    return payloads.map((payload) => {
      const { data } = payload as { data: { agreementStatusChanged: Record<string, string> } };
      const { previousStatus, status, agreementId, cursor = '' } = data.agreementStatusChanged;
      return { change: `${previousStatus ?? ''}>${status}`, agreementId, cursor };
    });
  }

  it('are told live, and from a cursor on without a gap', async () => {
    const { agreement } = await subscribe(shop);
    const listener = await Listener.of(shop);
    await listener.follow({ agreementId: agreement.id }, WATCH);
    await subscribe(shop);
    await changed(shop, 'suspendAgreement', agreement.id);
    await changed(shop, 'resumeAgreement', agreement.id);
    await listener.until(() => told(listener).length === 2);
    expect(told(listener).map(({ change }) => change)).toEqual(['ACTIVE>SUSPENDED', 'SUSPENDED>ACTIVE']);
    const late = await Listener.of(shop);
    await late.follow({ agreementId: agreement.id, after: told(listener)[0]?.cursor }, WATCH);
    await late.until(() => told(late).length === 1);
    expect(told(late)[0]).toMatchObject({ change: 'SUSPENDED>ACTIVE', agreementId: agreement.id });
    for (const each of [listener, late]) each.drop();
  });

  it('are told to nobody else', async () => {
    const { agreement, order } = await subscribe(shop);
    const listener = await Listener.of(neighbour);
    expect(await listener.refusal({ agreementId: agreement.id }, WATCH)).toMatchObject([
      { message: 'no such agreement' },
    ]);
    expect(await listener.refusal({ merchantId: shop.id }, WATCH)).toMatchObject([{ message: expect.any(String) }]);
    await listener.follow({}, WATCH);
    await changed(shop, 'cancelAgreement', agreement.id);
    await listener.quiet();
    const { token } = await shop.do<{ token: string }>('createClientToken', { orderId: order.id }, 'token');
    const payer = await Listener.of(new Client(product.url, token));
    const [refused] = await payer.refusal({ agreementId: agreement.id }, WATCH);
    expect(refused).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    for (const each of [listener, payer]) each.drop();
  });
});
