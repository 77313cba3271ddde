import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aBillingShop, agreementOf, day, subscribe } from '../../support/agreements.js';
import { atOnce } from '../../support/at-once.js';
import { FormShop, idIn, linkTo, liveOf, type Page, send, sessionIn, visit } from '../../support/checkout.js';
import { eventually } from '../../support/eventually.js';
import { rowsIn } from '../../support/notifications.js';
import { aShop, Client, connect, type Product, startProduct } from '../../support/product.js';
import { Listener } from '../live/listener.js';

let product: Product;
let shop: FormShop;

beforeAll(async () => {
  product = await startProduct();
  shop = await FormShop.of(product, await aShop(product));
});

afterAll(() => product.close());

/** Goes to the payment system's page and pays there, or tries to. */
async function pay(url: string, card = 'pm_card_visa', authentication?: 'succeed' | 'fail'): Promise<string> {
  const { location } = await send(`${url}/checkout`);
  const { outcome } = product.sandbox.control.payCheckout(sessionIn(location), {
    card,
    ...(authentication && { authentication }),
  });
  return outcome;
}

/** The box ticked on a page, with what that page sends along. */
function agreedOn({ html }: Page): Record<string, string> {
  const [, terms = ''] = /<input type="hidden" name="terms" value="([\w-]{43})"/.exec(html) ?? [];
  return { consent: 'yes', terms };
}

describe('the page of an order', () => {
  atOnce({
    'shows what is paid to whom, and one button': async () => {
      const url = await shop.order({ description: 'Green tea', amount: '1234.50', orderNumber: 'P-1' });
      const page = await visit(url);
      const { billNumber } = await shop.shop.order(idIn(url));
      expect([page.status, page.heading]).toEqual([200, 'Payment to Shop']);
      for (const text of ['€1,234.50', 'Green tea', 'P-1', billNumber, 'Test mode']) expect(page.text).toContain(text);
      expect(page.text).toContain('Pay €1,234.50');
      expect(page.html.match(/<button/g)).toHaveLength(1);
      expect(page.html).not.toMatch(/<script|<input| style=| on[a-z]+=/);
    },

    'lets nobody frame, keep, refer to or add to it': async () => {
      const { headers } = await visit(await shop.order());
      const sandbox = new URL(product.sandbox.url).origin;
      const { host } = new URL(product.url);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy':
          "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
          `connect-src 'self' ws://${host}; form-action 'self' ${sandbox}; base-uri 'none'; frame-ancestors 'none'`,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
      });
    },

    'speaks the order’s language, and another when it is asked to': async () => {
      const url = await shop.order({ language: 'ru' });
      const russian = await visit(url, { headers: { 'accept-language': 'ro' } });
      expect([russian.heading, russian.text]).toEqual(['Платёж: Shop', expect.stringContaining('Заплатить 12,50')]);
      const romanian = await visit(new URL(linkTo(russian, 'Română') ?? '', url).href);
      expect([romanian.heading, romanian.html]).toEqual([
        'Plată către Shop',
        expect.stringContaining('<html lang="ro">'),
      ]);
      expect(romanian.html).toContain('/checkout?lang=ro"');
      expect((await visit(`${url}?lang=xx&lang=ro`)).heading).toBe('Платёж: Shop');
      const none = await shop.order();
      expect((await visit(none, { headers: { 'accept-language': 'ro;q=0.8, de' } })).heading).toBe('Plată către Shop');
    },

    'is found by the link of the API, too': async () => {
      const { order } = await shop.shop.createOrder({ amount: { amount: '100', currency: 'JPY' } });
      const { order: linked } = await shop.shop.ask<{ order: { paymentPageUrl: string } }>(
        'query ($id: ID!) { order(id: $id) { paymentPageUrl } }',
        { id: order.id },
      );
      expect((await visit(linked.paymentPageUrl)).text).toContain('Pay JP¥100');
    },

    'leads back to the shop with the order’s numbers, and never with how it stands': async () => {
      const url = await shop.order({
        returnUrl: 'https://shop.example/back?from=pay&orderId=mine',
        orderNumber: 'P 2&',
      });
      const back = new URL(linkTo(await visit(url), 'Back to Shop') ?? '');
      expect(`${back.origin}${back.pathname}`).toBe('https://shop.example/back');
      expect(Object.fromEntries(back.searchParams)).toEqual({ from: 'pay', orderNumber: 'P 2&', orderId: idIn(url) });
    },
  });
});

describe('a link that is none', () => {
  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a broken %', '%E0%A4%A'],
    ['a % alone', '%'],
    ['markup', '%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
    ['a long way', 'x'.repeat(5_000)],
    ['steps up', '..%2f..%2fgraphql'],
    ['a null', 'ord%00'],
    ['no asset', 'assets/secrets.txt'],
    ['an asset’s neighbour', 'assets/..%2findex.ts'],
  ])('has a page that says so: %s', async (_name, path) => {
    const page = await visit(`${product.url}/pay/${path}`);
    expect([page.status, page.heading]).toEqual([404, 'This link is not valid']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.html).not.toContain('alert(1)');
  });

  it('is one that was altered, or goes where there is nothing', async () => {
    const url = await shop.order();
    const other = idIn(await shop.order());
    for (const wrong of [
      `${url}x`,
      url.slice(0, -1),
      url.replace(idIn(url), other),
      `${url}/`.replace(/\/$/, '/refund'),
      `${url}/return/x`,
      `${url}/checkout`,
    ]) {
      expect((await visit(wrong)).status).toBe(404);
    }
    for (const wrong of [url, `${url}/return`, `${url}/refund`, `${url}x/checkout`]) {
      expect((await send(wrong)).status).toBe(404);
    }
  });
});

describe('paying', () => {
  atOnce({
    'leads to the payment system, to the same page when the button is pressed twice': async () => {
      const url = await shop.order();
      const pages = await Promise.all(Array.from({ length: 4 }, () => send(`${url}/checkout`)));
      pages.push(await send(`${url}/checkout`));
      expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([303]));
      expect(new Set(pages.map(({ location }) => location)).size).toBe(1);
      expect(pages[0]?.location).toContain('/c/pay/cs_test_');
    },

    'is told as paid when the payer comes back, also before the payment system has said so itself': async () => {
      const url = await shop.order({ returnUrl: 'https://shop.example/back' });
      expect(await pay(url)).toBe('complete');
      const page = await visit(`${url}/return`);
      expect([page.status, page.heading]).toEqual([200, 'Paid']);
      expect(page.html).not.toContain('id="live"');
      expect(linkTo(page, 'Back to Shop')).toContain('https://shop.example/back?orderNumber=');
      expect((await shop.shop.order(idIn(url))).status).toBe('CAPTURED');
      expect((await visit(url)).heading).toBe('Paid');
      expect((await send(`${url}/checkout`)).location).toBe(url);
      expect((await send(`${url}/cancel`)).location).toBe(url);
      expect((await shop.shop.order(idIn(url))).status).toBe('CAPTURED');
    },

    'may take several cards: a declined one leaves the order to be paid': async () => {
      const url = await shop.order();
      expect(await pay(url, 'pm_card_visa_chargeDeclined')).toBe('refused');
      await product.settle();
      expect((await visit(url)).heading).toBe('Payment to Shop');
      expect(await pay(url)).toBe('complete');
      expect((await visit(`${url}/return`)).heading).toBe('Paid');
      expect((await shop.shop.order(idIn(url))).operations.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(
        1,
      );
    },

    'believes nobody who only says that they have paid': async () => {
      const url = await shop.order();
      await send(`${url}/checkout`);
      const page = await visit(`${url}/return?status=paid&redirect_status=succeeded&payment_intent=pi_1`);
      expect(page.heading).toBe('We are confirming your payment');
      expect((await shop.shop.order(idIn(url))).status).toBe('REQUIRES_ACTION');
      expect(page.html).toMatch(
        /<noscript><meta http-equiv="refresh" content="3; url=[^"]*\/return\?look=1"\/><\/noscript>/,
      );
      expect((await visit(`${url}/return?look=8`)).html).not.toContain('http-equiv');
      expect(linkTo(page, 'Continue to payment')).toBe(new URL(url).pathname);
    },

    'shows what is held as held': async () => {
      const url = await shop.order({ captureMode: 'MANUAL' });
      expect((await visit(url)).text).toContain('The amount is set aside on your card now');
      await pay(url);
      expect((await visit(`${url}/return`)).heading).toBe('The amount is set aside');
      await shop.shop.capture(idIn(url));
      expect((await visit(url)).heading).toBe('Paid');
      await shop.shop.cancel(idIn(url));
      await product.settle();
      expect((await visit(url)).heading).toBe('Refunded');
    },

    'tells what was taken and what was given back, not what was ordered': async () => {
      const url = await shop.order({ captureMode: 'MANUAL' });
      await pay(url);
      expect((await visit(`${url}/return`)).text).toContain('Amount: €12.50');
      await shop.shop.capture(idIn(url), { amount: '5.00' });
      await product.settle();
      const taken = await visit(url);
      expect([taken.heading, taken.text]).toEqual(['Paid', expect.stringContaining('Charged: €5.00')]);
      expect(taken.text).not.toMatch(/12\.50|Given back/);
      await shop.shop.cancel(idIn(url), { amount: '2.00' });
      await product.settle();
      const inPart = await visit(url);
      expect([inPart.heading, inPart.text]).toEqual([
        'Paid',
        expect.stringMatching(/Charged: €5\.00 .*Given back €2\.00/),
      ]);
      expect((await visit(`${url}?lang=ro`)).text).toMatch(/Încasat: 5,00.EUR .*Returnat 2,00.EUR/);
      expect((await visit(`${url}?lang=ru`)).text).toMatch(/Списано: 5,00.€ .*Возвращено 2,00.€/);
      await shop.shop.cancel(idIn(url));
      await product.settle();
      const all = await visit(url);
      expect([all.heading, all.text]).toEqual([
        'Refunded',
        expect.stringMatching(/Charged: €5\.00 .*Given back €5\.00/),
      ]);
    },

    'asks nobody to wait for a payment that was not begun, or is over': async () => {
      const url = await shop.order();
      const early = await visit(`${url}/return`);
      expect([early.status, early.heading, early.text]).toEqual([
        200,
        'Payment to Shop',
        expect.stringContaining('You have come back without paying. Nothing was charged'),
      ]);
      const { location } = await send(`${url}/checkout`);
      expect((await visit(`${url}/return`)).heading).toBe('We are confirming your payment');
      product.sandbox.control.expireCheckout(sessionIn(location));
      await product.settle();
      expect((await shop.shop.order(idIn(url))).status).toBe('CREATED');
      expect((await visit(`${url}/return?lang=ro`)).text).toMatch(/V-ați întors fără să plătiți.*Plătiți 12,50/);
    },

    'says that the last card was declined, and leads on to where another may pay': async () => {
      const url = await shop.order();
      const { location } = await send(`${url}/checkout`);
      product.sandbox.control.payCheckout(sessionIn(location), { card: 'pm_card_visa_chargeDeclined' });
      await product.settle();
      const page = await visit(url);
      expect([page.heading, page.text]).toEqual([
        'Payment to Shop',
        expect.stringMatching(/The last card was declined .*Pay €12\.50/),
      ]);
      expect((await visit(`${url}?note=unpaid&lang=ru`)).text).toContain('Последняя карта отклонена');
      expect((await visit(`${url}?lang=ro`)).text).toContain('Ultimul card a fost refuzat');
      // Only who is done is sent there, and may have paid with another card since.
      expect((await visit(`${url}/return`)).heading).toBe('We are confirming your payment');
      expect((await send(`${url}/checkout`)).location).toBe(location);
      product.sandbox.control.payCheckout(sessionIn(location));
      await eventually(async () => expect((await visit(`${url}/return`)).heading).toBe('Paid'));
    },

    'says that nothing was paid to those who come back without': async () => {
      const url = await shop.order();
      const { location } = await send(`${url}/checkout?lang=ro`);
      const back =
        /<a href="([^"]*)">← Back/.exec(await (await fetch(location)).text())?.[1]?.replaceAll('&amp;', '&') ?? '';
      expect(back).toBe(`${url}?lang=ro&note=unpaid`);
      expect((await visit(back)).text).toContain('V-ați întors fără să plătiți');
      expect((await visit(`${url}?note=unpaid`)).text).toContain('Nothing was charged; you can try again.');
      await pay(url);
      await visit(`${url}/return`);
      expect((await visit(back)).heading).toBe('Plătit');
    },
  });
});

describe('a page that is loaded again and again', () => {
  it('asks the payment system no more often for it', async () => {
    const url = await shop.order();
    const { location } = await send(`${url}/checkout`);
    product.sandbox.control.clearRequests();
    await Promise.all(Array.from({ length: 20 }, () => visit(`${url}/return`)));
    const asked = product.sandbox.control.requests({}).filter(({ path }) => path.includes(sessionIn(location)));
    expect(asked).toHaveLength(1);
  });

  it('is answered without its body to those who ask for the head', async () => {
    const answer = await fetch(await shop.order(), { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });
});

describe('giving up', () => {
  it('is asked once more, and then closes the order at the payment system, too', async () => {
    const url = await shop.order({ returnUrl: 'https://shop.example/back' });
    const { location } = await send(`${url}/checkout`);
    const asked = await visit(`${url}/cancel`);
    expect([asked.heading, asked.text]).toEqual(['Cancel this payment?', expect.stringContaining('Yes, cancel it')]);
    expect((await shop.shop.order(idIn(url))).status).toBe('REQUIRES_ACTION');
    expect((await send(`${url}/cancel`)).location).toBe(url);
    const page = await visit(url);
    expect([page.heading, linkTo(page, 'Back to Shop')]).toEqual([
      'Cancelled',
      expect.stringContaining('orderNumber='),
    ]);
    expect((await shop.shop.order(idIn(url))).status).toBe('CANCELED');
    expect((await fetch(location)).status).toBe(410);
    expect((await visit(`${url}/cancel`)).location).toBe(url);
  });
});

describe('an order that came to its end otherwise', () => {
  atOnce({
    'has expired': async () => {
      const url = await shop.order({ expiresInMinutes: '1' });
      product.advance(120);
      await product.settle();
      expect((await visit(url)).heading).toBe('The time to pay has run out');
      expect((await send(`${url}/checkout`)).location).toBe(url);
    },

    'was declined by another way than the page': async () => {
      const url = await shop.order();
      await shop.shop.payOrder(idIn(url), 'pm_card_visa_chargeDeclined');
      expect((await visit(url)).heading).toBe('The payment was declined');
    },

    'was taken back by the payer’s bank': async () => {
      const url = await shop.order();
      await shop.shop.payOrder(idIn(url), 'pm_card_createDispute');
      await product.settle();
      expect((await visit(url)).heading).toBe('Your bank is looking into this payment');
    },

    'is debited from a bank account, which takes days': async () => {
      const url = await shop.order({ email: 'payer@shop.example' });
      const { location } = await send(`${url}/checkout`);
      product.sandbox.control.payCheckout(sessionIn(location), { iban: 'DE89370400440532013000' });
      const page = await visit(`${url}/return`);
      expect([page.heading, (await visit(url)).heading]).toEqual([
        'Your payment is being processed',
        'Your payment is being processed',
      ]);
      expect(page.html).toContain('id="live"');
      expect((await send(`${url}/checkout`)).location).toBe(url);
    },
  });
});

async function accountsOffered(url: string): Promise<string[]> {
  const { html } = await visit(url);
  return [...html.matchAll(/type="radio"[^>]*value="(psa_\w+)"/g)].map(([, id = '']) => id);
}

describe('a shop with several payment systems', () => {
  let several: FormShop;
  let second: string;

  beforeAll(async () => {
    const seller = await aShop(product);
    second = await connect(seller.operator, product.sandbox.control.createAccount({ country: 'FR' }));
    several = await FormShop.of(product, seller);
  });

  atOnce({
    'lets the payer choose, and remembers what was chosen': async () => {
      const url = await several.order();
      const page = await visit(url);
      const ids = await accountsOffered(url);
      expect(ids).toHaveLength(2);
      expect(page.html.match(/checked/g)).toHaveLength(1);
      expect(ids).toContain(second);
      const first = await send(`${url}/checkout`, { account: ids.find((id) => id !== second) ?? '' });
      const { location } = await send(`${url}/checkout`, { account: second });
      expect(location).not.toBe(first.location);
      expect((await fetch(first.location)).status).toBe(410);
      product.sandbox.control.payCheckout(sessionIn(location));
      expect((await visit(`${url}/return`)).heading).toBe('Paid');
      const [row] = await rowsIn<{ account: string }>(
        product,
        several.shop,
        `select payment_system_account_id as account from orders where id = '${uuidOf('order', idIn(url))}'`,
      );
      expect(row?.account).toBe(uuidOf('paymentSystemAccount', second));
    },

    'asks again where none of them was chosen, and takes none of its own instead': async () => {
      const stranger = await aShop(product);
      const { operator } = await stranger.operator.ask<{ operator: { paymentSystemAccounts: { id: string }[] } }>(
        '{ operator { paymentSystemAccounts { id } } }',
      );
      const url = await several.order();
      const strange = operator.paymentSystemAccounts[0]?.id ?? '';
      for (const account of [strange, '', 'psa_01kaaaaaaaaaaaaaaaaaaaaaaa', 'x', null]) {
        const page = await send(`${url}/checkout`, account === null ? {} : { account });
        expect([account, page.status]).toEqual([account, 422]);
        expect(page.text).toContain('Please choose how you would like to pay.');
        expect(page.html.match(/type="radio"/g)).toHaveLength(2);
      }
      const { status, operations } = await several.shop.order(idIn(url));
      expect([status, operations]).toEqual(['CREATED', []]);
      expect((await send(`${url}/checkout?lang=ru`, { account: 'x' })).text).toContain('Выберите, как');
      expect((await send(`${url}/checkout`, { account: second })).location).toContain('/c/pay/');
    },

    'gives no choice where the shop has made it': async () => {
      const { order } = await several.shop.createOrder({ paymentSystemAccountId: second });
      const { order: linked } = await several.shop.ask<{ order: { paymentPageUrl: string } }>(
        'query ($id: ID!) { order(id: $id) { paymentPageUrl } }',
        { id: order.id },
      );
      expect((await visit(linked.paymentPageUrl)).html).not.toContain('radio');
      const ids = await accountsOffered(await several.order());
      const other = ids.find((id) => id !== second) ?? '';
      expect((await send(`${linked.paymentPageUrl}/checkout`, { account: other })).status).toBe(422);
      expect((await send(`${linked.paymentPageUrl}/checkout`, { account: second })).status).toBe(303);
    },
  });
});

describe('an agreement', () => {
  it('is shown in words before it is made, and begins with the payer’s yes', async () => {
    const seller = await aBillingShop(product);
    const { agreement, paymentPageUrl, ...more } = await subscribe(seller, {
      payment: null,
      currency: 'EUR',
      terms: { maximumAmount: '25.00' },
      chargeAmount: { fixed: '15.00' },
      schedule: { period: 'MONTH', interval: 1, startDate: day(product, 40) },
    });
    const url = paymentPageUrl ?? '';
    expect(more).toEqual({ order: expect.objectContaining({ status: 'CREATED' }) });
    const page = await visit(url);
    for (const text of [
      'What you agree to',
      'Usually €15.00 each time.',
      'Each time €25.00 at most.',
      'Every month, from',
      'You can stop this at any time',
    ]) {
      expect(page.text).toContain(text);
    }
    // A number that we made would tell its payer nothing.
    expect(page.text).not.toMatch(/-first|agr_/);
    const named = await subscribe(seller, { payment: null, firstOrderNumber: 'A-77' });
    expect((await visit(named.paymentPageUrl ?? '')).text).toContain('A-77');
    expect(page.html).toMatch(/<input type="checkbox" name="consent" value="yes" required/);
    const refused = await send(`${url}/checkout`);
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('Please tick the box')]);
    expect((await agreementOf(seller, agreement.id)).status).toBe('PENDING');

    const unseen = await send(`${url}/checkout`, { consent: 'yes' });
    expect([unseen.status, unseen.text]).toEqual([422, expect.stringContaining('The terms have changed')]);

    const { location } = await send(`${url}/checkout`, agreedOn(page));
    const atStripe = await (await fetch(location)).text();
    expect(atStripe).toContain('Each time €25.00 at most.');
    expect(atStripe).not.toContain('-first');
    product.sandbox.control.payCheckout(sessionIn(location));
    expect((await visit(`${url}/return`)).heading).toBe('Your payment method is confirmed');
    await product.settle();
    expect((await agreementOf(seller, agreement.id)).status).toBe('ACTIVE');
  });
});

it('holds nobody to terms of an agreement that they were not shown', async () => {
  const seller = await aBillingShop(product);
  const { agreement, paymentPageUrl } = await subscribe(seller, {
    payment: null,
    currency: 'EUR',
    terms: { maximumAmount: '25.00' },
    chargeAmount: { fixed: '15.00' },
  });
  const url = paymentPageUrl ?? '';
  const ticked = agreedOn(await visit(`${url}?lang=ro`));
  // The terms and not their words: the page of another language has the same.
  expect(agreedOn(await visit(url))).toEqual(ticked);
  const changes = { agreementId: agreement.id, maximumAmount: '90.00' };
  await seller.do('updateAgreement', changes, 'agreement { status }');
  const told = ['The terms have changed', 'Condițiile s-au schimbat', 'Условия изменились'];
  for (const [index, language] of ['en', 'ro', 'ru'].entries()) {
    const page = await send(`${url}/checkout?lang=${language}`, ticked);
    expect([page.status, page.text]).toEqual([422, expect.stringContaining(told[index] ?? '')]);
    expect(page.text).toContain('90');
  }
  expect((await seller.order(idIn(url))).status).toBe('CREATED');
  expect((await send(`${url}/checkout`, agreedOn(await visit(url)))).location).toContain('/c/pay/');
});

it('says of what was cancelled with its agreement that it is no longer possible', async () => {
  const seller = await aBillingShop(product);
  const { agreement, paymentPageUrl } = await subscribe(seller, { payment: null });
  const url = paymentPageUrl ?? '';
  await send(`${url}/checkout`, agreedOn(await visit(url)));
  await seller.do('cancelAgreement', { agreementId: agreement.id }, 'agreement { status }');
  expect((await seller.order(idIn(url))).status).toBe('EXPIRED');
  const told = await Promise.all(['en', 'ro', 'ru'].map((language) => visit(`${url}?lang=${language}`)));
  expect(told.map(({ heading }) => heading)).toEqual([
    'This can no longer be paid',
    'Această plată nu mai este posibilă',
    'Этот платёж больше невозможен',
  ]);
});

describe('the token of a page', () => {
  it('is for its order alone, for a quarter of an hour, and while its operator is served', async () => {
    const form = await FormShop.of(product, await aShop(product));
    const [url, other] = [await form.order(), await form.order()];
    await send(`${url}/checkout`);
    const client = new Client(product.url, liveOf(await visit(`${url}/return`)).token);
    const read = (of: string) => client.raw('query ($id: ID!) { order(id: $id) { status } }', { id: idIn(of) });
    expect(await read(url)).toMatchObject({ status: 200, data: { order: { status: 'REQUIRES_ACTION' } } });
    expect(await read(other)).toMatchObject({ status: 200, data: { order: null } });
    expect((await client.raw('{ viewer { kind } }')).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect((await client.raw('{ order(id: "x") { metadata } }')).errors?.[0]?.extensions).toMatchObject({
      code: 'FORBIDDEN',
    });

    const operatorId = form.shop.operator.id;
    const watching = await Listener.following({ url: product.url, key: client.key }, { orderId: idIn(url) });
    await product.platform.do('suspendOperator', { operatorId }, 'operator { id }');
    expect((await watching.closed).code).toBe(4403);
    expect((await read(url)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    await product.platform.do('resumeOperator', { operatorId }, 'operator { id }');
    expect((await read(url)).status).toBe(200);
    const again = await Listener.following({ url: product.url, key: client.key }, { orderId: idIn(url) });
    await send(`${url}/cancel`);
    await again.until(() => again.changes.length === 1);
    expect(again.changes).toMatchObject([{ status: 'CANCELED', orderId: idIn(url) }]);
    product.advance(16 * 60);
    expect((await read(url)).errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
