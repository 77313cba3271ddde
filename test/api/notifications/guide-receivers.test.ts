import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../support/eventually.js';
import { callAt, notificationsOf, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';

/** What the guide shows is what runs here, word for word. */
const GUIDE = readFileSync('docs/guides/notifications.md', 'utf8');
const shown = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(GUIDE)?.[1] ?? '';

interface Language {
  readonly name: string;
  readonly program: string;
  readonly start: (code: string, port: number, folder: string) => readonly string[];
}

const LANGUAGES: readonly Language[] = [
  { name: 'js', program: 'node', start: (code) => ['--input-type=module', '-e', code] },
  { name: 'python', program: 'python3', start: (code) => ['-c', code] },
  {
    name: 'php',
    program: 'php',
    start: (code, port, folder) => {
      writeFileSync(path.join(folder, 'hook.php'), code);
      return ['-S', `127.0.0.1:${port}`, path.join(folder, 'hook.php')];
    },
  },
];

const isThere = ({ program }: Language) => spawnSync(program, ['--version']).status === 0;
const missing = LANGUAGES.filter((each) => !isThere(each));
if (missing.length > 0)
  process.stderr.write(`NOT TRIED, not installed: ${missing.map(({ program }) => program).join(', ')}\n`);

let product: Product;
let shop: Shop;
let folder: string;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
  folder = mkdtempSync(path.join(tmpdir(), 'quittance-receivers-'));
}, 60_000);

afterAll(async () => {
  for (const each of processes) each.kill('SIGKILL');
  await product.close();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(LANGUAGES)('the receiver in $name', (language) => {
  const tryIt = isThere(language) ? it : it.skip;

  tryIt('takes what is genuine, during a rotation too, and nothing else', async () => {
    const { secret } = await shop.do<{ secret: string }>('rotateSigningSecret', {}, 'secret');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/hook`;
    const running = spawn(language.program, [...language.start(shown(language.name), port, folder)], {
      env: { ...process.env, PORT: String(port), WEBHOOK_SECRET: secret, NODE_OPTIONS: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    processes.push(running);
    // Until it listens; what nobody has signed it refuses.
    await eventually(async () => {
      const forged = await fetch(url, {
        method: 'POST',
        body: '{"id":"ntf_x","type":"order.status_changed","data":{}}',
        headers: {
          'webhook-id': 'ntf_x',
          'webhook-timestamp': `${Math.floor(Date.now() / 1000)}`,
          'webhook-signature': 'v1,x',
        },
      });
      expect([forged.status, await forged.text()]).toEqual([400, 'not genuine']);
    });
    const test = await shop.do('sendTestNotification', { url }, 'isOk attempt { outcome httpStatus }');
    expect(test).toEqual({ isOk: true, attempt: { outcome: 'DELIVERED', httpStatus: 200 } });

    await shop.do('rotateSigningSecret', {}, 'secret');
    await callAt(shop, url);
    const { order } = await shop.sale();
    await untilQuiet(product, shop);
    const told = await notificationsOf(shop, { orderId: order.id });
    expect(told.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);

    await shop.do('rotateSigningSecret', { overlapSeconds: 0 }, 'secret');
    expect(await shop.do('sendTestNotification', { url }, 'isOk attempt { outcome httpStatus }')).toEqual({
      isOk: false,
      attempt: { outcome: 'NOT_OK', httpStatus: 400 },
    });
  });
});
