import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { atOnce } from '../../support/at-once.js';
import { FormShop, idIn, linkTo, liveOf, send, sessionIn, visit } from '../../support/checkout.js';
import { eventually } from '../../support/eventually.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { aShop, Client, type Product, startProduct } from '../../support/product.js';

let product: Product;
const logged: string[] = [];

beforeAll(async () => {
  product = await startProduct({ logTo: { write: (line) => void logged.push(line) } });
});

afterAll(() => product.close());

const aFormShop = async () => FormShop.of(product, await aShop(product));

/** Each with a shop of its own: they wait for answers that never come, or leave somebody shut out. */
atOnce({
  'of the payment system that gives no answer: nothing was charged, and the page goes on by itself': async () => {
    const form = await FormShop.of(product, await aShop(product));
    const url = await form.order();
    product.sandbox.control.addFault({
      kind: 'timeout_after',
      method: 'POST',
      path: '/v1/checkout/sessions',
      accountId: form.shop.stripe.accountId,
      count: 1,
    });
    const { location } = await send(`${url}/checkout`);
    expect(location).toBe(url);
    const page = await visit(url);
    expect([page.heading, page.text]).toEqual([
      'We are opening the payment page',
      expect.stringContaining('Nothing was charged'),
    ]);
    expect(page.html).toContain('id="live"');
    product.advance(10);
    await product.settle();
    expect((await visit(url)).heading).toBe('Payment to Shop');
    expect((await send(`${url}/checkout`)).location).toContain('/c/pay/');
  },

  'of a refusal that stays: the page says to tell the shop, and the log what to mend': async () => {
    const form = await FormShop.of(product, await aShop(product));
    const url = await form.order({ email: 'payer@shop.example' });
    product.sandbox.control.revokeKey(form.shop.stripe.secretKey);
    const page = await send(`${url}/checkout`);
    expect([page.status, page.heading]).toEqual([409, 'Payment to Shop']);
    expect(page.text).toContain('The payment system did not accept this payment Nothing was charged.');
    const { status, operations } = await form.shop.order(idIn(url));
    expect([status, operations[0]?.status]).toEqual(['CREATED', 'FAILED']);
    const told = logged.filter((line) => line.includes(`refused to open a page for order ${idIn(url)}: `));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(operations[0]?.declineCode ?? 'a code');
    expect(told[0]).not.toContain('payer@shop.example');
    // Seen by then, the account is not connected any more: nothing is sent there, and nobody is told twice.
    const again = await send(`${url}/checkout?lang=ro`);
    expect([again.status, again.text]).toEqual([503, expect.stringContaining('nu răspunde acum')]);
  },

  'of a suspended operator: nothing begins, and the page says so': async () => {
    const closed = await FormShop.of(product, await aShop(product));
    const url = await closed.order();
    await product.platform.do('suspendOperator', { operatorId: closed.shop.operator.id }, 'operator { id }');
    for (const page of [await visit(url), await send(`${url}/checkout`)]) {
      expect([page.status, page.heading]).toEqual([503, 'The shop takes no payments at the moment']);
    }
    await product.platform.do('resumeOperator', { operatorId: closed.shop.operator.id }, 'operator { id }');
    expect((await send(`${url}/checkout`)).location).toContain('/c/pay/');
  },

  'of a payer who proves at their bank who they are: a link leads on, which no policy stops': async () => {
    const form = await aFormShop();
    const url = await form.order({ orderNumber: 'secured', returnUrl: 'https://shop.example/back' });
    const { order } = await form.shop.payOrder(idIn(url), 'pm_card_authenticationRequired');
    const bank = order.nextAction?.redirectUrl ?? '';
    expect(bank).toContain('/authenticate/');
    const page = await visit(url);
    expect(linkTo(page, 'Continue at your bank')).toBe(bank);
    expect(page.html).not.toMatch(/<form|<button/);
    expect((await send(`${url}/checkout`)).location).toBe(url);
    expect((await form.shop.order(idIn(url))).status).toBe('REQUIRES_ACTION');
    expect(linkTo(await visit(`${url}?lang=ro`), 'Continuați la banca dvs.')).toBe(bank);
  },
});

const times = <Result>(count: number, make: () => Promise<Result>) => Array.from({ length: count }, make);

it('watches a payment that is being processed live until its bank has answered', async () => {
  const form = await FormShop.of(product, await aShop(product));
  const url = await form.order();
  const { location } = await send(`${url}/checkout`);
  product.sandbox.control.addFault({
    kind: 'timeout_before',
    path: '/v1/',
    accountId: form.shop.stripe.accountId,
  });
  product.sandbox.control.payCheckout(sessionIn(location));
  const page = await visit(`${url}/return`);
  product.sandbox.control.clearFaults();
  expect([page.status, page.heading]).toEqual([200, 'We are confirming your payment']);
  const data = liveOf(page);
  expect(data.order).toBe(idIn(url));
  const seen = await new Client(product.url, data.token).ask('query ($id: ID!) { order(id: $id) { status } }', {
    id: idIn(url),
  });
  expect(seen).toEqual({ order: { status: 'REQUIRES_ACTION' } });
  await eventually(async () => expect((await visit(`${url}/return`)).heading).toBe('Paid'));
  expect((await visit(new URL(data.url, url).href)).heading).toBe('Paid');
});

it('says of an order that was tried too often that it was, and offers no more tries', async () => {
  const form = await aFormShop();
  const url = await form.order({ returnUrl: 'https://shop.example/back' });
  const payer = new PayerAtPage(product, form.shop, idIn(url));
  for (let page = 1; page <= 20; page += 1) {
    product.sandbox.control.expireCheckout((await payer.open()) ?? '');
    await payer.comeBack();
  }
  const page = await send(`${url}/checkout`);
  expect([page.status, page.heading]).toEqual([409, 'Payment to Shop']);
  expect(page.text).toContain('This order was tried too often Nothing was charged.');
  expect(page.html).toContain('role="alert"');
  expect(page.html).not.toContain('<form');
  expect(linkTo(page, 'Back to Shop')).toContain('https://shop.example/back');
});

it('refuses whoever asks too often about one order, and answers about others', async () => {
  const form = await aFormShop();
  const [url, other] = [await form.order(), await form.order()];
  const steps = await Promise.all(times(60, () => send(`${url}/cancel?lang=ro`)));
  const refused = steps.find(({ status }) => status === 429);
  expect(refused?.heading).toBe('Prea multe cereri deodată');
  expect(Number(refused?.headers.get('retry-after'))).toBe(1);
  expect(refused?.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(refused && linkTo(refused, 'Încercați din nou')).toBe(`${new URL(url).pathname}?lang=ro`);
  const looks = await Promise.all(times(250, () => visit(other)));
  expect(new Set(looks.map(({ status }) => status))).toEqual(new Set([200, 429]));
  expect((await visit(url)).heading).toBe('Cancelled');
  expect((await send(`${other}/cancel`)).status).toBe(303);
});
