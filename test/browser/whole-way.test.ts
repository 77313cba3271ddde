import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { faultsOf } from '../support/axe.js';
import { openBrowser } from '../support/browser.js';
import { eventually } from '../support/eventually.js';
import { notificationsOf, notify } from '../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../support/product.js';

/** In the tree only when asked for: two pictures of one page are never the same file. */
const KEEP_PICTURES = process.env.UPDATE_SCREENSHOTS === '1';
const FOLDER = mkdtempSync(path.join(tmpdir(), 'quittance-shop-'));
const PICTURES = KEEP_PICTURES ? 'docs/screenshots' : FOLDER;

const SHOWN_MAX_MS = 30_000;
jest.setTimeout(6 * SHOWN_MAX_MS);

let product: Product;
let seller: Shop;
let browser: Browser;
let page: Page;
let demoShop: ChildProcess;
let shopUrl: string;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  seller = await aShop(product);
  shopUrl = await startDemoShop();
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
  page.setDefaultTimeout(SHOWN_MAX_MS);
}, 120_000);

afterAll(async () => {
  demoShop?.kill();
  await browser?.close();
  await product?.close();
  rmSync(FOLDER, { recursive: true, force: true });
});

/** As `npm run demo:shop` does, against this product: it finds it by its demo file. */
async function startDemoShop(): Promise<string> {
  const demo = { graphqlUrl: `${product.url}/graphql`, operatorKey: seller.operator.key, merchantId: seller.id };
  writeFileSync(path.join(FOLDER, 'demo.json'), JSON.stringify(demo));
  const port = await freePort();
  demoShop = spawn(process.execPath, ['examples/shop/main.js'], {
    env: { ...process.env, NODE_OPTIONS: '', QUITTANCE_DATA_DIR: FOLDER, SHOP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [demoShop.stdout, demoShop.stderr]) stream?.on('data', (text) => said.push(String(text)));
  await eventually(() => expect(said.join('')).toContain('The shop is open'));
  return `http://127.0.0.1:${port}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const picture = (name: string) => page.screenshot({ path: path.join(PICTURES, `${name}.png`), animations: 'disabled' });

async function enterCard(number: string): Promise<void> {
  await page.getByLabel('Card number').fill(number);
  await page.getByLabel('Expiry').fill('12/34');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('Jenny Rosen');
}

const submit = () => page.getByRole('button', { name: /^Pay/ }).click();

const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

/** One visit, from the shop's form to the shop's answer. */
describe('the whole way of a payment', () => {
  it('begins with the form of a shop', async () => {
    await page.goto(shopUrl);
    expect(await faultsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Buy Green tea' }).click();
    await heading('Payment to Shop');
    expect(page.url()).toContain('/pay/ord_');
  });

  it('goes on to the payment system, where a declined card is not the end', async () => {
    await page.getByRole('button', { name: /^Pay/ }).click();
    await page.getByLabel('Card number').waitFor();
    await enterCard('4000000000009995');
    await picture('hosted-page-checkout');
    await submit();
    await page.getByRole('alert').waitFor();
    await enterCard('4000002500003155');
    await submit();
    await page.getByRole('button', { name: 'Fail' }).click();
    await page.getByRole('alert').waitFor();
  });

  it('comes back after 3-D Secure, is told to wait, and sees by itself that it is paid', async () => {
    await enterCard('4000002500003155');
    await submit();
    await page.getByRole('button', { name: 'Complete' }).waitFor();
    // Asked when the payer comes back, the payment system does not answer; its event comes.
    product.sandbox.control.addFault({ kind: 'error_503', method: 'GET', path: '/v1/' });
    await page.getByRole('button', { name: 'Complete' }).click();
    await heading('We are confirming your payment');
    await page.evaluate('window.isSame = true');
    product.sandbox.control.clearFaults();
    // What could not be asked about when its event came is asked about a little later.
    product.advance(60);
    await product.settle();
    await heading('Paid');
    expect(await page.evaluate('window.isSame')).toBe(true);
  });

  it('has credited the balance', async () => {
    await product.settle();
    const { viewer } = await seller.ask<{ viewer: { merchant: { balance: object[] } } }>(
      '{ viewer { merchant { balance { currency pending { amount } fees { amount } total { amount } } } } }',
    );
    expect(viewer.merchant.balance).toEqual([
      { currency: 'EUR', pending: { amount: '12.50' }, fees: { amount: '-0.66' }, total: { amount: '11.84' } },
    ]);
  });

  it('was notified to the shop, which answered ok', async () => {
    await notify(product);
    await eventually(async () => {
      await notify(product);
      const told = await notificationsOf(seller);
      expect(told.length).toBeGreaterThan(0);
      expect(new Set(told.map(({ status }) => status))).toEqual(new Set(['DELIVERED']));
    });
    await page.getByRole('link', { name: 'Back to Shop' }).click();
    await page.getByText('Your order is CAPTURED.').waitFor();
    await page.getByRole('link', { name: 'All orders' }).click();
    await page.getByText('order.status_changed: CAPTURED – answered ok').waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await picture('demo-shop-orders');
  });

  it('holds what is to be taken later, in the payer’s language', async () => {
    await page.goto(shopUrl);
    await page.getByRole('button', { name: 'Buy Mărțișor' }).click();
    await heading('Plată către Shop');
    await page.goto(shopUrl);
    await page.getByRole('button', { name: 'Buy Oak table' }).click();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await enterCard('4242424242424242');
    await submit();
    await heading('The amount is set aside');
    const { orders } = await seller.ask<{ orders: { nodes: { status: string }[] } }>(
      '{ orders(filter: { status: [AUTHORIZED] }) { nodes { status } } }',
    );
    expect(orders.nodes).toEqual([{ status: 'AUTHORIZED' }]);
  });
});
