import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type StripeSandbox, startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { aBillingShop, day, subscribe } from '../support/agreements.js';
import { faultsOf } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { FormShop, send } from '../support/checkout.js';
import { eventually } from '../support/eventually.js';
import { aShop, connect, type Product, startProduct } from '../support/product.js';

/** In the tree only when asked for: two pictures of one page are never the same file. */
const KEEP_PICTURES = process.env.UPDATE_SCREENSHOTS === '1';
const PICTURES = KEEP_PICTURES ? 'docs/screenshots' : mkdtempSync(path.join(tmpdir(), 'quittance-pictures-'));

const SHOWN_MAX_MS = 30_000;
jest.setTimeout(8 * SHOWN_MAX_MS);

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Colours depend on the scheme and widths on the size, neither on both: two looks show all of each page. */
const LOOKS = [
  { name: 'desktop, light', viewport: DESKTOP, colorScheme: 'light' },
  { name: 'phone, dark', viewport: PHONE, colorScheme: 'dark' },
] as const;

let product: Product;
let browser: Browser;
let shop: FormShop;
const complaints: string[] = [];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  shop = await FormShop.of(product, await aShop(product));
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await product?.close();
  if (!KEEP_PICTURES) rmSync(PICTURES, { recursive: true, force: true });
});

async function aPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext({ viewport: DESKTOP, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(SHOWN_MAX_MS);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
      complaints.push(message.text());
  });
  return page;
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });

const sessionIn = (url: string) => /cs_test_\w+/.exec(url)?.[0] ?? '';

/** Pays an order without a browser. */
async function payAt(url: string, fields: Record<string, string> = {}): Promise<void> {
  const { location } = await send(`${url}/checkout`, fields);
  product.sandbox.control.payCheckout(sessionIn(location));
}

describe('every page', () => {
  const pages: { name: string; open: (page: Page) => Promise<unknown>; picture?: string }[] = [];
  const add = (name: string, open: (page: Page) => Promise<unknown>, picture?: string) =>
    void pages.push({ name, open, ...(picture !== undefined && { picture }) });

  beforeAll(async () => {
    const seller = await aShop(product);
    await connect(seller.operator, product.sandbox.control.createAccount({ country: 'FR' }));
    const several = await FormShop.of(product, seller);
    const details = { description: 'Green tea, 100 g', returnUrl: 'https://shop.example/back' };
    const open = await several.order({ ...details, orderNumber: 'A-1042' });
    const goTo = (url: string) => (page: Page) => page.goto(url);
    add('an order with a choice', goTo(open), 'hosted-page-choice');
    add('an order in Russian', goTo(`${open}?lang=ru`), 'hosted-page-russian');
    add('an order in Romanian', goTo(`${open}?lang=ro`));
    add('one that came back unpaid', goTo(`${open}?note=unpaid`));
    add('whether to cancel', goTo(`${open}/cancel`));

    const { paymentPageUrl } = await subscribe(await aBillingShop(product), {
      payment: null,
      currency: 'EUR',
      firstAmount: '5.00',
      chargeAmount: { fixed: '15.00' },
      schedule: { period: 'MONTH', interval: 1, startDate: day(product, 40) },
    });
    add('an agreement', goTo(paymentPageUrl ?? ''), 'hosted-page-agreement');

    const paid = await shop.order({ ...details, orderNumber: 'A-1043' });
    await payAt(paid);
    add('paid', goTo(`${paid}/return`), 'hosted-page-paid');
    const held = await shop.order({ ...details, captureMode: 'MANUAL' });
    await payAt(held);
    add('held', goTo(`${held}/return`));
    const waiting = await shop.order(details);
    await send(`${waiting}/checkout`);
    add('being confirmed', goTo(`${waiting}/return`), 'hosted-page-confirming');
    const canceled = await shop.order(details);
    await send(`${canceled}/cancel`);
    add('cancelled', goTo(canceled));
    const declined = await shop.order(details);
    await shop.shop.payOrder(/ord_\w{26}/.exec(declined)?.[0] ?? '', 'pm_card_visa_chargeDeclined');
    add('declined', goTo(declined));
    const secured = await shop.order(details);
    await shop.shop.payOrder(/ord_\w{26}/.exec(secured)?.[0] ?? '', 'pm_card_authenticationRequired');
    add('to be authenticated', goTo(secured));
    add('a link that is none', goTo(`${product.url}/pay/x`));
    add('a forged form', (page) => sendForm(page, { ...shop.fields(), amount: '0.01' }), 'hosted-page-forged');
    add('a faulty form', (page) => sendForm(page, shop.fields({ amount: '1,5', email: 'x' })), 'hosted-page-faults');
  });

  it.each(LOOKS)('has nothing that axe finds: $name', async ({ viewport, colorScheme }) => {
    const page = await aPage({ viewport, colorScheme });
    const found: Record<string, string[]> = {};
    for (const { name, open, picture: file } of pages) {
      await open(page);
      const faults = await faultsOf(page);
      if (faults.length > 0) found[name] = faults;
      const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      if (isWide) found[name] = [...(found[name] ?? []), 'wider than its window'];
      if (file && viewport === DESKTOP) await picture(page, file);
      if (name === 'an order with a choice' && viewport === PHONE) {
        await picture(page, 'hosted-page-phone-dark');
      }
    }
    expect(pages.length).toBeGreaterThan(12);
    expect(found).toEqual({});
    await page.context().close();
  });
});

/** As a shop's page sends it, from another origin. */
async function sendForm(page: Page, fields: Record<string, string>): Promise<void> {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value.replaceAll('"', '&quot;')}">`,
  );
  await page.setContent(
    `<form method="post" action="${product.url}/pay">${inputs.join('')}<button>Buy</button></form>`,
  );
  await page.getByRole('button', { name: 'Buy' }).click();
  await page.waitForLoadState();
}

describe('a payer without scripts', () => {
  it('chooses with the keyboard, pays with the second card, and sees it paid', async () => {
    const seller = await aShop(product);
    await connect(seller.operator, product.sandbox.control.createAccount({ country: 'FR' }));
    const form = await FormShop.of(product, seller);
    const page = await aPage({ javaScriptEnabled: false, viewport: PHONE });
    await sendForm(page, form.fields({ email: 'payer@shop.example', returnUrl: `${product.url}/healthz` }));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Payment to Shop');

    await page.getByRole('radio').first().focus();
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { checked: true }).count()).toBe(1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Card number').waitFor();

    await fillCard(page, '4000000000009995');
    expect(await page.getByRole('alert').textContent()).toContain('insufficient funds');
    await fillCard(page, '4242424242424242');
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    const back = new URL((await page.getByRole('link', { name: 'Back to Shop' }).getAttribute('href')) ?? '');
    expect([...back.searchParams.keys()]).toEqual(['orderNumber', 'orderId']);
    await page.context().close();
  });

  it('has the page looked at again by itself while nothing is known', async () => {
    const url = await shop.order();
    const { location } = await send(`${url}/checkout`);
    const page = await aPage({ javaScriptEnabled: false });
    await page.goto(`${url}/return`);
    await page.getByRole('heading', { name: 'We are confirming your payment' }).waitFor();
    product.sandbox.control.payCheckout(sessionIn(location));
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    expect(page.url()).toBe(`${url}/return?look=1`);
    await page.context().close();
  });

  it('comes back from the payment system without paying, and cancels', async () => {
    const url = await shop.order();
    const page = await aPage({ javaScriptEnabled: false });
    await page.goto(`${url}?lang=ro`);
    await page.getByRole('button', { name: /^Plătiți/ }).click();
    await page.getByRole('link', { name: /Back to/ }).click();
    await page.getByText('V-ați întors fără să plătiți').waitFor();
    await page.getByRole('link', { name: 'Anulați plata' }).click();
    await page.getByRole('button', { name: 'Da, anulează' }).click();
    await page.getByRole('heading', { name: 'Anulat' }).waitFor();
    await page.context().close();
  });
});

describe('a payer whose bank is at an address that no policy names', () => {
  let elsewhere: Product;
  let sandbox: StripeSandbox;

  beforeAll(async () => {
    sandbox = await startStripeSandbox();
    // Under this name it is the payment system; its pages are under the other, as a bank's are.
    elsewhere = await startProduct({
      sandbox: { ...sandbox, url: sandbox.url.replace('127.0.0.1', 'localhost') },
    });
  });

  afterAll(async () => {
    await elsewhere?.close();
    await sandbox?.close();
  });

  it('goes there by a link, where the browser stops a form', async () => {
    const form = await FormShop.of(elsewhere, await aShop(elsewhere));
    const url = await form.order();
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(SHOWN_MAX_MS);
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(url);
    await page.getByRole('button', { name: /^Pay/ }).click({ noWaitAfter: true });
    await eventually(() => expect(refused.join()).toContain('form-action'));
    expect(page.url()).toBe(url);

    const secured = await form.order({ returnUrl: 'https://shop.example/back' });
    const { order } = await form.shop.payOrder(/ord_\w{26}/.exec(secured)?.[0] ?? '', 'pm_card_authenticationRequired');
    expect(order.status).toBe('REQUIRES_ACTION');
    await page.goto(secured);
    await page.getByRole('link', { name: 'Continue at your bank' }).click();
    await page.getByRole('button', { name: 'Complete' }).waitFor();
    expect(page.url()).toBe(order.nextAction?.redirectUrl);
    await context.close();
  });
});

describe('a payer who looks on', () => {
  it('sees the news as soon as there are any, without the page being loaded anew', async () => {
    const url = await shop.order();
    const { location } = await send(`${url}/checkout`);
    const page = await aPage();
    const heard: string[] = [];
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
    await page.goto(`${url}/return`);
    await page.getByRole('heading', { name: 'We are confirming your payment' }).waitFor();
    await eventually(() => expect(heard.join()).toContain('connection_ack'));
    // The page looks once when it is connected, and subscribes beside that: what happens before is seen by the look.
    await eventually(async () =>
      expect(await (await fetch(`${product.url}/metrics`)).text()).toContain('\nlive_subscriptions 1\n'),
    );
    await page.evaluate('window.isSame = true');
    product.sandbox.control.payCheckout(sessionIn(location));
    await product.settle();
    await page.getByRole('heading', { name: 'Paid' }).waitFor();
    await eventually(() => expect(heard.join()).toContain('"status":"CAPTURED"'));
    expect(await page.evaluate('window.isSame')).toBe(true);
    expect(await page.title()).toBe('Paid – Shop');
    expect(await page.getByRole('status').textContent()).toContain('Thank you. Shop hears of it by itself.');
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('has heard of nothing that was refused to the page', () => {
    expect(complaints).toEqual([]);
  });
});

async function fillCard(page: Page, number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('Jenny Rosen');
  await page.getByRole('button', { name: /^Pay/ }).click();
}
