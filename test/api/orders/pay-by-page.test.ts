import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { abandonOrder } from '../../../src/features/orders/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { aMerchant, aShop, connect, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});
afterAll(() => product.close());

async function anOrder(input: Record<string, unknown> = {}) {
  const { order } = await shop.createOrder(input);
  return { order, payer: new PayerAtPage(product, shop, order.id) };
}

function sessions() {
  return product.sandbox.control;
}

describe('paying on a page of the payment system', () => {
  it('leads from an order that waits to one that is paid, and its payment is the one that is refunded later', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REQUIRES_ACTION',
      nextAction: { redirectUrl: expect.stringContaining(page), clientSecret: null },
    });

    expect(payer.pay(page).outcome).toBe('complete');
    expect(await payer.comeBack()).toBe('CAPTURED');
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CAPTURED',
      capturedAmount: { amount: '100.00' },
      source: 'INTERNET',
      operations: [{ type: 'PAYMENT', status: 'SUCCEEDED', transactions: [{ type: 'SALE', status: 'SUCCEEDED' }] }],
    });
    expect((await shop.cancel(order.id, { amount: '40.00' })).order.status).toBe('PARTIALLY_REFUNDED');
  });

  it('hears of a payer who never comes back by the page’s own event', async () => {
    const { order, payer } = await anOrder();
    payer.pay((await payer.open()) ?? '');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CAPTURED');
  });

  it('holds the money in two stages', async () => {
    const { order, payer } = await anOrder({ captureMode: 'MANUAL' });
    payer.pay((await payer.open()) ?? '');
    expect(await payer.comeBack()).toBe('AUTHORIZED');
    expect((await shop.capture(order.id, { amount: '60.00' })).order).toMatchObject({
      status: 'PARTIALLY_CAPTURED',
      capturedAmount: { amount: '60.00' },
    });
  });

  it('stays open while cards are declined, tells why, and is paid by the next one', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    expect(payer.pay(page, 'pm_card_visa_chargeDeclinedInsufficientFunds').outcome).toBe('refused');
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'REQUIRES_ACTION',
      operations: [{ status: 'REQUIRES_ACTION', declineCode: 'insufficient_funds' }],
    });
    expect(payer.pay(page, 'pm_card_threeDSecure2Required', 'fail').outcome).toBe('refused');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('REQUIRES_ACTION');

    expect(payer.pay(page, 'pm_card_threeDSecure2Required', 'succeed').outcome).toBe('complete');
    await product.settle();
    expect(await shop.order(order.id)).toMatchObject({
      status: 'CAPTURED',
      operations: [{ type: 'PAYMENT', status: 'SUCCEEDED', declineCode: null }],
    });
  });

  it('finds the page that is open, however often it is asked for', async () => {
    const { payer } = await anOrder();
    const first = await payer.open();
    expect(await payer.open()).toBe(first);
    expect(first).toMatch(/^cs_/);
  });

  it('opens one page when it is asked for eight times at once', async () => {
    const { order, payer } = await anOrder();
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => payer.open()));
    const pages = new Set(opened.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : [])));
    expect(pages.size).toBe(1);
    expect((await shop.order(order.id)).operations).toHaveLength(1);
  });

  it('opens a new page after one that came to nothing, for as long as the order lives', async () => {
    const { order, payer } = await anOrder();
    const first = (await payer.open()) ?? '';
    payer.pay(first, 'pm_card_visa_chargeDeclined');
    sessions().expireCheckout(first);
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CREATED');

    const second = (await payer.open()) ?? '';
    expect(second).not.toBe(first);
    payer.pay(second);
    await product.settle();
    const paid = await shop.order(order.id);
    expect(paid.status).toBe('CAPTURED');
    expect(paid.operations.map(({ type, status }) => `${type} ${status}`)).toEqual([
      'PAYMENT CANCELED',
      'PAYMENT SUCCEEDED',
    ]);
  });
});

describe('of everything that could be paid, one thing is open', () => {
  it('closes the page and sees it closed before a payment by the API', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    expect((await shop.payOrder(order.id)).order.status).toBe('CAPTURED');
    expect(() => payer.pay(page)).toThrow('expired');
    await product.settle();
    expect((await shop.order(order.id)).operations.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(2);
    expect((await shop.order(order.id)).capturedAmount.amount).toBe('100.00');
  });

  it('leaves the page to its payer when the payment by the API is refused', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    const payment = { credential: { token: 'pm_card_visa' }, source: 'MERCHANT' };
    expect(await shop.payOrder(order.id, 'pm_card_visa', { payment })).toMatchObject({ code: 'SOURCE_NOT_ALLOWED' });
    expect(payer.pay(page).outcome).toBe('complete');
    expect(await payer.comeBack()).toBe('CAPTURED');
  });

  it('opens no more than twenty pages for one order', async () => {
    const { payer } = await anOrder();
    for (let page = 1; page <= 20; page += 1) {
      sessions().expireCheckout((await payer.open()) ?? '');
      await payer.comeBack();
    }
    await expect(payer.open()).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('20 pages'),
    });
  });

  it('takes no second payment from the API when the payer was quicker', async () => {
    const { order, payer } = await anOrder();
    payer.pay((await payer.open()) ?? '');
    expect(await shop.payOrder(order.id)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      message: expect.stringContaining('CAPTURED'),
    });
    expect((await shop.order(order.id)).capturedAmount.amount).toBe('100.00');
  });

  it('closes it with the order', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    expect((await shop.cancel(order.id)).order.status).toBe('CANCELED');
    expect(() => payer.pay(page)).toThrow('expired');
    await product.settle();
    expect((await shop.order(order.id)).status).toBe('CANCELED');
  });

  it('cancels nothing that the payer has paid meanwhile, and refunds it when asked again', async () => {
    const { order, payer } = await anOrder();
    payer.pay((await payer.open()) ?? '');
    const first = await shop.cancel(order.id);
    expect(first).toMatchObject({ order: { status: 'CAPTURED' }, operation: { status: 'FAILED' } });
    expect((await shop.cancel(order.id)).order.status).toBe('REFUNDED');
  });

  it('is closed when the payer gives up', async () => {
    const { order, payer } = await anOrder();
    const page = (await payer.open()) ?? '';
    expect((await abandonOrder(payer.carriers, payer.linked())).order.status).toBe('CANCELED');
    expect(() => payer.pay(page)).toThrow('expired');
    expect(await payer.open()).toBeNull();
    expect((await shop.order(order.id)).operations.at(-1)).toMatchObject({ type: 'CANCELLATION', reason: 'PAYER' });
  });

  it('expires with the order, as declined where cards were declined on it', async () => {
    const soon = () => new Date(product.clock.now().getTime() + 40 * 60_000).toISOString();
    const quiet = await anOrder({ expiresAt: soon() });
    const tried = await anOrder({ expiresAt: soon() });
    const quietPage = (await quiet.payer.open()) ?? '';
    const triedPage = (await tried.payer.open()) ?? '';
    tried.payer.pay(triedPage, 'pm_card_visa_chargeDeclinedLostCard');
    await product.settle();
    product.advance(41 * 60);
    await product.settle();
    expect((await shop.order(quiet.order.id)).status).toBe('EXPIRED');
    expect(await shop.order(tried.order.id)).toMatchObject({
      status: 'DECLINED',
      operations: [{ type: 'PAYMENT', status: 'DECLINED', declineCode: 'lost_card' }],
    });
    expect(() => quiet.payer.pay(quietPage)).toThrow('expired');
  });
});

describe('whose page it is', () => {
  it('is the payment system that the payer chooses, where nobody has chosen for them', async () => {
    const operator = shop.operator as Parameters<typeof aMerchant>[1];
    const other = product.sandbox.control.createAccount({});
    const otherId = await connect(operator, other);
    const merchant = await aMerchant(product, operator, shop.stripe);
    const { order } = await merchant.createOrder();
    const payer = new PayerAtPage(product, merchant, order.id);
    const first = (await payer.open()) ?? '';
    const accountId = uuidOf('paymentSystemAccount', otherId);
    const second = (await payer.open({ accountId })) ?? '';
    expect(second).not.toBe(first);
    expect(() => payer.pay(first)).toThrow('expired');
    payer.pay(second);
    await product.settle();
    expect((await merchant.order(order.id)).status).toBe('CAPTURED');
  });

  it('keeps to the account that the caller named', async () => {
    const operator = shop.operator as Parameters<typeof aMerchant>[1];
    const { paymentSystemAccounts: [one, two] = [] } = (
      await operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
        '{ operator { paymentSystemAccounts { id } } }',
      )
    ).operator;
    const { order } = await shop.createOrder({ paymentSystemAccountId: one?.id });
    const payer = new PayerAtPage(product, shop, order.id);
    await expect(payer.open({ accountId: uuidOf('paymentSystemAccount', two?.id ?? '') })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
