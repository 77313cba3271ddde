import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { aBillingShop } from '../support/agreements.js';
import { openBrowser } from '../support/browser.js';
import { chargesCsv } from '../support/bulk.js';
import { sent } from '../support/bulk-rows.js';
import { type Product, type Shop, startProduct } from '../support/product.js';

/** In the tree only when asked for: two pictures of one page are never the same file. */
const KEEP_PICTURES = process.env.UPDATE_SCREENSHOTS === '1';
const PICTURES = KEEP_PICTURES ? 'docs/screenshots' : mkdtempSync(path.join(tmpdir(), 'quittance-pictures-'));

/** A laptop shows the page within a second; a busy machine with two cores does not. */
const SHOWN_MAX_MS = 30_000;

jest.setTimeout(4 * SHOWN_MAX_MS);

let product: Product;
let shop: Shop;
let browser: Browser;
let page: Page;
const asked: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  shop = await aBillingShop(product);
  page = await browser.newPage({ viewport: { width: 1360, height: 800 } });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  page.setDefaultTimeout(SHOWN_MAX_MS);
  page.on('request', (request) => asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${product.url}/graphiql`);
  await tab('LookAround').waitFor();
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await product?.close();
  if (!KEEP_PICTURES) rmSync(PICTURES, { recursive: true, force: true });
});

/** The tests are one visit, from the first look to the first event. */
describe('the explorer', () => {
  it('opens with six examples, and says before each where the key goes', async () => {
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([
      'LookAround',
      'HoldMoney',
      'Subscribe',
      'BillUsage',
      'FilesOfRows',
      'WatchOrders',
    ]);
    for (const name of ['WatchOrders', 'FilesOfRows', 'BillUsage', 'Subscribe', 'HoldMoney', 'LookAround']) {
      await tab(name).click();
      await says('.graphiql-query-editor', 'Put your key in the Headers pane below');
    }
  });

  it('answers a query with the key from the headers pane', async () => {
    await shop.sale({ orderNumber: 'A-1000' });
    await enterKey();
    await run();
    await says('.graphiql-response', 'A-1000');
    await says('.graphiql-response', '"MERCHANT"');
  });

  it('holds money with the variables that are there', async () => {
    await tab('HoldMoney').click();
    await enterKey();
    await run();
    await says('.graphiql-response', 'AUTHORIZED');
    const { orders } = await shop.ask<{ orders: object }>(
      '{ orders(filter: { orderNumber: "A-1001" }) { nodes { status capturableAmount { amount currency } } } }',
    );
    expect(orders).toEqual({
      nodes: [{ status: 'AUTHORIZED', capturableAmount: { amount: '100.00', currency: 'EUR' } }],
    });
  });

  it('makes an agreement with the variables that are there', async () => {
    await tab('Subscribe').click();
    await enterKey();
    await run();
    await says('.graphiql-response', '"ACTIVE"');
    const { agreements } = await shop.ask<{ agreements: object }>('{ agreements { nodes { reference status } } }');
    expect(agreements).toEqual({ nodes: [{ reference: 'subscription-1001', status: 'ACTIVE' }] });
  });

  it('puts an item on a month’s invoice with the variables that are there', async () => {
    await tab('BillUsage').click();
    await enterKey();
    await run();
    await says('.graphiql-response', '"DRAFT"');
    const { invoices } = await shop.ask<{ invoices: object }>(
      '{ invoices { nodes { status items { nodes { total { amount } } } } } }',
    );
    expect(invoices).toEqual({ nodes: [{ status: 'DRAFT', items: { nodes: [{ total: { amount: '11.90' } }] } }] });
  });

  it('shows how files come along, and the rows that failed', async () => {
    await sent(product, shop, 'chargeAgreements', chargesCsv(2));
    await tab('FilesOfRows').click();
    await enterKey();
    await run();
    await says('.graphiql-response', '"COMPLETED"');
    await says('.graphiql-response', 'no such agreement');
  });

  it('shows a change of an order as it happens', async () => {
    const { id } = await shop.hold({ orderNumber: 'A-1002', amount: { amount: '79.90', currency: 'EUR' } });
    await tab('WatchOrders').click();
    await enterKey();
    await run();
    await subscribed();
    await shop.capture(id, { amount: '60.00' });
    await says('.graphiql-response', 'PARTIALLY_CAPTURED');
    await says('.graphiql-response', 'A-1002');
    await page.screenshot({
      path: path.join(PICTURES, 'graphiql.png'),
      clip: { x: 0, y: 0, width: 1360, height: 700 },
    });
  });

  it('has asked nobody but its own server, and nothing was refused to it', () => {
    const { host } = new URL(product.url);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => /^(?:https?|wss?):/.test(url) && new URL(url).host !== host)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

function tab(name: string) {
  return page.getByRole('tab', { name });
}

/** Replaces what the headers pane holds, as somebody does who pastes. */
async function enterKey(): Promise<void> {
  await page.getByRole('button', { name: 'Headers' }).click();
  await page.locator('.graphiql-editor-tool .graphiql-editor:not(.hidden) .view-lines').click();
  const headers = JSON.stringify({ authorization: `Bearer ${shop.key}` }, null, 2);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(headers)})`);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
}

async function run(): Promise<void> {
  await page.locator('.graphiql-execute-button').click();
}

/** An editor draws only the lines in view, with its own kind of spaces. */
async function says(where: string, text: string): Promise<void> {
  const lines = page.locator(`${where} .view-lines`).first();
  const deadline = performance.now() + SHOWN_MAX_MS;
  for (;;) {
    const shown = ((await lines.textContent()) ?? '').replaceAll('\u00a0', ' ');
    if (shown.includes(text)) return;
    if (performance.now() > deadline) throw new Error(`${where} does not say "${text}" but:\n${shown}`);
    await page.waitForTimeout(50);
  }
}

/** Counted from when it hears: what happens from then on is shown. */
async function subscribed(): Promise<void> {
  const deadline = performance.now() + SHOWN_MAX_MS;
  while (!(await (await fetch(`${product.url}/metrics`)).text()).includes('\nlive_subscriptions 1\n')) {
    if (performance.now() > deadline) throw new Error('the explorer has not subscribed');
    await page.waitForTimeout(50);
  }
}
