import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.js';

const PAGE = `<!doctype html><title>A page</title><p>Not yet</p>
<script>setTimeout(() => { document.querySelector('p').textContent = 'Ready'; }, 20);</script>`;

describe('the browser of the tests', () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(PAGE);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    browser = await openBrowser();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it('runs the scripts of a page on this machine and takes its picture', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.getByText('Ready').waitFor();
    const picture = await page.screenshot();

    expect(await page.title()).toBe('A page');
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.length).toBeGreaterThan(1000);
  });
});
