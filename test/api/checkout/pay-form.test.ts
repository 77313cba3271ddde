import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formSignature } from '../../../src/features/checkout/form-signature.js';
import { type Fields, FormShop, signed, visit } from '../../support/checkout.js';
import { aMerchant, aShop, Client, connect, type Product, startProduct } from '../../support/product.js';

let product: Product;
let shop: FormShop;

beforeAll(async () => {
  product = await startProduct();
  shop = await FormShop.of(product, await aShop(product));
});

afterAll(() => product.close());

/** What is refused has made no order, and is a page like all others. */
async function expectRefusal(fields: Fields | string, status: number, heading: string, headers: Fields = {}) {
  const before = (await shop.orders()).length;
  const page = await shop.post(fields, headers);
  expect([page.status, page.heading]).toEqual([status, heading]);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await shop.orders()).toHaveLength(before);
  return page;
}

const FORGED = [403, 'This payment request cannot be trusted'] as const;
const OUTDATED = [410, 'This payment request is out of date'] as const;
const FAULTY = [400, 'The shop’s payment request is not complete'] as const;

const GUIDE = readFileSync('docs/guides/hosted-page.md', 'utf8');

/** How a reader would run the guide's function: it is given secret and fields, and prints what it has signed. */
const LANGUAGES = [
  {
    name: 'js',
    command: process.execPath,
    run: (code: string) => [
      '--input-type=module',
      '--eval',
      `import { readFileSync } from 'node:fs';
${code}
const [secret, fields] = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(signedForm(secret, fields)));`,
    ],
  },
  {
    name: 'php',
    command: 'php',
    run: (code: string) => [
      '-r',
      `${code}
[$secret, $fields] = json_decode(stream_get_contents(STDIN), true);
echo json_encode(signed_form($secret, $fields));`,
    ],
  },
  {
    name: 'python',
    command: 'python3',
    run: (code: string) => [
      '-c',
      `${code}
import json, sys
secret, fields = json.loads(sys.stdin.buffer.read().decode())
print(json.dumps(signed_form(secret, fields)))`,
    ],
  },
];

describe('the code of the guide', () => {
  it('has a signature to compare with that is right', () => {
    const [, signature = ''] = /alone has the signature\n`([0-9a-f]{64})`/.exec(GUIDE) ?? [];
    expect(signature).toBe(formSignature('whsec_dGVzdA==', 'quittance-pay-v1'));
  });

  it.each(LANGUAGES)(
    'signs forms that are taken, and only as they were signed: $name',
    async ({ name, command, run }) => {
      const [, code = ''] = new RegExp(`\`\`\`${name}\\n([\\s\\S]*?)\`\`\``).exec(GUIDE) ?? [];
      expect(code).toContain('quittance-pay-v1');
      if (!isThere(command)) return;
      const fields = {
        merchant: shop.shop.id,
        orderNumber: `guide-${name}`,
        amount: '12.50',
        currency: 'MDL',
        description: 'Mărțișor – чай & "tea" = 100%+',
        email: '',
      };
      const input = JSON.stringify([shop.secret, fields]);
      const env = { PATH: process.env.PATH ?? '', PYTHONIOENCODING: 'utf-8' };
      const form = JSON.parse(execFileSync(command, run(code), { input, encoding: 'utf8', env })) as Fields;
      expect(form).toMatchObject(fields);
      expect((await shop.post({ ...form, amount: '1.00' })).status).toBe(403);
      const page = await shop.post(form);
      expect(page.status).toBe(303);
      expect((await visit(page.location)).text).toContain(fields.description);
    },
  );
});

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a signed form', () => {
  it('makes the order that it says, and leads to its page', async () => {
    const fields = shop.fields({
      orderNumber: 'A-1001',
      amount: '120.5',
      currency: 'MDL',
      description: 'Ceai verde, 100 g',
      captureMode: 'MANUAL',
      returnUrl: 'https://shop.example/back?from=pay',
      callbackUrl: 'https://shop.example/told',
      email: 'payer@shop.example',
      payerReference: 'customer-7',
      language: 'ro',
      expiresInMinutes: '30',
      saveCredential: 'true',
    });
    const page = await shop.post(fields);
    expect(page.status).toBe(303);
    expect(page.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/pay\/ord_[0-9a-z]{26}\.op_[0-9a-z]{26}\.[\w-]{43}$/);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');

    const { orders } = await shop.shop.ask<{ orders: { nodes: Record<string, unknown>[] } }>(
      `{ orders(filter: { orderNumber: "A-1001" }) { nodes { id status captureMode description returnUrl callbackUrl
        createdAt expiresAt paymentPageUrl amount { amount currency } payer { reference email } } } }`,
    );
    const [order] = orders.nodes;
    expect(orders.nodes).toHaveLength(1);
    expect(order).toMatchObject({
      status: 'CREATED',
      captureMode: 'MANUAL',
      description: 'Ceai verde, 100 g',
      returnUrl: 'https://shop.example/back?from=pay',
      callbackUrl: 'https://shop.example/told',
      paymentPageUrl: page.location,
      amount: { amount: '120.50', currency: 'MDL' },
      payer: { reference: 'customer-7', email: 'payer@shop.example' },
    });
    expect((await visit(page.location)).html).toContain('<html lang="ro">');
    const lifeMs = Date.parse(String(order?.expiresAt)) - Date.parse(String(order?.createdAt));
    expect(Math.round(lifeMs / 60_000)).toBe(30);
  });

  it('leads to the same order when it is sent again, eight times at once', async () => {
    const fields = shop.fields({ orderNumber: 'A-1002' });
    const pages = await Promise.all(Array.from({ length: 8 }, () => shop.post(fields)));
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(pages.map(({ location }) => location)).size).toBe(1);
    expect((await shop.post({ ...fields, signature: fields.signature?.toUpperCase() ?? '' })).location).toBe(
      pages[0]?.location,
    );
    expect((await shop.orders()).filter(({ orderNumber }) => orderNumber === 'A-1002')).toHaveLength(1);
  });

  it('leads to the same order when the shop signs it anew', async () => {
    const first = await shop.post(shop.fields({ orderNumber: 'A-1003' }));
    const again = await shop.post(
      shop.fields({ orderNumber: 'A-1003', timestamp: String(shop.now() - 5), description: 'another try' }),
    );
    expect([again.status, again.location]).toEqual([303, first.location]);
  });

  it.each([
    ['amount', { amount: '12.51' }],
    ['currency', { currency: 'USD' }],
    ['way to be captured', { captureMode: 'MANUAL' }],
  ])('over another %s under the number of an order that is open is refused', async (name, other) => {
    const orderNumber = `taken-${name}`;
    await shop.order({ orderNumber });
    await expectRefusal(shop.fields({ orderNumber, ...other }), 409, 'This order number belongs to another order');
  });

  it('may use the number of a cancelled order again', async () => {
    const first = await shop.order({ orderNumber: 'A-1004' });
    const id = /ord_[0-9a-z]+/.exec(first)?.[0] ?? '';
    await shop.shop.cancel(id);
    const again = await shop.post(
      shop.fields({ orderNumber: 'A-1004', amount: '99.00', timestamp: String(shop.now() - 1) }),
    );
    expect(again.status).toBe(303);
    expect(again.location).not.toBe(first);
  });

  it('counts with the secret from before as long as that is valid, and then no more', async () => {
    const before = await FormShop.of(product, shop.shop);
    const after = await FormShop.of(product, shop.shop);
    expect((await before.post(before.fields())).status).toBe(303);
    expect((await after.post(after.fields())).status).toBe(303);
    await shop.shop.operator.do('rotateSigningSecret', { merchantId: shop.shop.id, overlapSeconds: 0 }, 'secret');
    expect((await before.post(before.fields())).status).toBe(403);
    expect((await after.post(after.fields())).status).toBe(403);
    shop = await FormShop.of(product, shop.shop);
  });

  it('is of the mode of its secret: a live one asks for a live account', async () => {
    const { operator, id } = shop.shop;
    const key = await product.platform.do<{ secret: string }>(
      'createApiKey',
      { name: 'live', operatorId: operator.id, mode: 'LIVE' },
      'secret',
    );
    const live = new Client(product.url, key.secret);
    const { secret } = await live.do<{ secret: string }>('rotateSigningSecret', { merchantId: id }, 'secret');
    const page = await expectRefusal(shop.fields({}, secret), ...FAULTY);
    expect(page.text).toContain('no payment system account is connected in LIVE mode');
  });

  it('fits any operator: which of the accounts is used is the payer’s to say where the shop has not', async () => {
    const several = await aShop(product);
    await connect(several.operator, product.sandbox.control.createAccount());
    const form = await FormShop.of(product, several);
    expect((await form.post(form.fields())).status).toBe(303);
  });
});

describe('a form that its merchant has not signed', () => {
  it.each<[string, (fields: Fields) => Fields]>([
    ['with another amount', (fields) => ({ ...fields, amount: '0.50' })],
    ['with a field added', (fields) => ({ ...fields, description: 'more' })],
    ['with a field taken away', ({ email: _, ...rest }) => rest],
    ['with a field renamed', ({ email = '', ...rest }) => ({ ...rest, payerReference: email })],
    ['with spaces around a value', (fields) => ({ ...fields, amount: ` ${fields.amount}` })],
    ['with another secret', (fields) => ({ ...fields, signature: signed(fields, 'whsec_bm90IHRoZWlycw==') })],
    ['with another time', (fields) => ({ ...fields, timestamp: String(Number(fields.timestamp) + 1) })],
    ['with a signature of nothing', (fields) => ({ ...fields, signature: '0'.repeat(64) })],
    ['for a merchant that there is not', (fields) => ({ ...fields, merchant: 'mer_01kaaaaaaaaaaaaaaaaaaaaaaa' })],
    ['for what is no merchant', (fields) => ({ ...fields, merchant: 'mer_' })],
  ])('is refused: %s', async (_name, change) => {
    await expectRefusal(change(shop.fields({ email: 'payer@shop.example' })), ...FORGED);
  });

  it('is answered the same for another merchant as for one that there is not', async () => {
    const neighbour = await aMerchant(product, shop.shop.operator, shop.shop.stripe);
    const stranger = await aShop(product);
    const unknown = 'mer_01kaaaaaaaaaaaaaaaaaaaaaaa';
    const pages = [];
    for (const merchant of [neighbour.id, stranger.id, unknown]) {
      const fields = shop.fields({ merchant });
      pages.push(await expectRefusal(fields, ...FORGED));
    }
    expect(new Set(pages.map(({ html }) => html)).size).toBe(1);
  });

  it('leaves no secret behind at a merchant that has none yet', async () => {
    const bare = await aShop(product);
    for (const signature of ['0'.repeat(64), 'f'.repeat(64)]) {
      const page = await expectRefusal({ ...shop.fields({ merchant: bare.id }), signature }, ...FORGED);
      expect(page.location).toBe('');
    }
    const { merchant } = await bare.operator.ask<{ merchant: { signingSecrets: unknown[] } }>(
      'query ($id: ID!) { merchant(id: $id) { signingSecrets { hint } } }',
      { id: bare.id },
    );
    expect(merchant.signingSecrets).toEqual([]);
  });

  it('learns nothing of its other faults', async () => {
    const page = await expectRefusal({ ...shop.fields({ amount: 'much' }), signature: '0'.repeat(64) }, ...FORGED);
    expect(page.text).not.toContain('amount');
  });
});

describe('a form at the wrong time', () => {
  it.each([
    ['an hour and a little ago', -3605],
    ['six minutes ahead', 360],
    ['for ever', 99_999_999_999],
  ])('is refused: signed %s', async (_name, seconds) => {
    await expectRefusal(shop.fields({ timestamp: String(shop.now() + seconds) }), ...OUTDATED);
  });

  it('is taken within an hour, and five minutes ahead', async () => {
    for (const seconds of [-3550, 290]) {
      expect((await shop.post(shop.fields({ timestamp: String(shop.now() + seconds) }))).status).toBe(303);
    }
  });

  it('makes no second order when it is sent once more after that', async () => {
    const fields = shop.fields();
    expect((await shop.post(fields)).status).toBe(303);
    product.clock.advance(3700);
    await expectRefusal(fields, ...OUTDATED);
  });
});

describe('a form with faults', () => {
  it('is told all of them at once, each with its field', async () => {
    const page = await expectRefusal(
      shop.fields({
        orderNumber: 'x'.repeat(129),
        amount: '1,50',
        currency: 'EUR',
        captureMode: 'LATER',
        returnUrl: 'javascript:alert(1)',
        callbackUrl: 'ftp://shop.example',
        email: 'nobody',
        language: 'de',
        expiresInMinutes: '0',
        saveCredential: 'yes',
      }),
      ...FAULTY,
    );
    for (const field of [
      'orderNumber must have at most 128 characters, not 129',
      'amount "1,50" is not a decimal number such as "10.50"',
      'captureMode must be one of AUTOMATIC, MANUAL, not "LATER"',
      'returnUrl must be an absolute https or http URL',
      'callbackUrl must be an absolute https or http URL',
      'email is not an email address',
      'language must be one of en, ro, ru',
      'expiresInMinutes must be from 1 to 43200 minutes, 30 days',
      'saveCredential must be one of true, false, not "yes"',
    ]) {
      expect(page.text).toContain(field);
    }
  });

  it('asks for a payer whose card is to be kept, beside whatever else is wrong', async () => {
    const page = await expectRefusal(shop.fields({ saveCredential: 'true', amount: '0' }), ...FAULTY);
    expect(page.text).toContain('saveCredential needs a payer whose card is kept');
    expect(page.text).toContain('amount must be more than zero');
    expect((await shop.post(shop.fields({ saveCredential: 'true', payerReference: 'p-1' }))).status).toBe(303);
  });

  it.each([
    'http://10.0.0.1/told',
    'http://[::ffff:169.254.169.254]/',
    'http://2130706433:22/',
    'https://shop.internal/',
  ])('names no place inside where it would be notified: %s', async (callbackUrl) => {
    const page = await expectRefusal(shop.fields({ callbackUrl }), ...FAULTY);
    expect(page.text).toContain('callbackUrl must');
  });

  it.each([
    ['0.00', 'EUR', 'more than zero'],
    ['0.49', 'EUR', 'at least 0.50'],
    ['1000000.00', 'EUR', 'at most 999999.99'],
    ['1.001', 'EUR', 'at most 2'],
    ['10.00', 'eur', 'not an ISO 4217 currency code'],
    ['10', 'KPW', 'takes no KPW'],
  ])('over %s %s is refused: %s', async (amount, currency, words) => {
    const page = await expectRefusal(shop.fields({ amount, currency }), ...FAULTY);
    expect(page.text).toContain(words);
  });

  it('is refused for what could be read in two ways, signed or not', async () => {
    const fields = shop.fields();
    const body = new URLSearchParams(fields).toString();
    for (const [more, words] of [
      ['&amount=1.00', 'amount is there twice'],
      ['&price=1.00', 'price is not a field of this form'],
      ['&description=a%0Ab', 'description must not have line ends'],
      ['&description=%ff', 'description must be UTF-8'],
      ['&description=%00', 'description must not have line ends or other control characters'],
      ['&constructor=1', 'constructor is not a field of this form'],
    ]) {
      const page = await expectRefusal(`${body}${more}`, ...FAULTY);
      expect(page.text).toContain(words);
    }
    const nothing = await expectRefusal('', ...FAULTY);
    for (const name of ['merchant', 'orderNumber', 'amount', 'currency', 'timestamp', 'signature']) {
      expect(nothing.text).toContain(`${name} is missing`);
    }
  });

  it.each(['orderNumber', 'description', 'payerReference', 'email', 'returnUrl', 'amount', 'language'])(
    'takes no card number in its %s, and repeats none',
    async (field) => {
      const card = '4242 4242 4242 4242';
      const page = await expectRefusal(shop.fields({ [field]: `see ${card}` }), ...FAULTY);
      expect(page.text).toContain(`${field} looks like a card number`);
      expect(page.html).not.toMatch(/4242/);
    },
  );

  it('repeats no card number that is given as a name', async () => {
    const page = await expectRefusal(`${new URLSearchParams(shop.fields())}&4242424242424242=1`, ...FAULTY);
    expect(page.html).not.toMatch(/42424242/);
  });
});

describe('what is not a form', () => {
  const NOT_A_FORM = [415, 'This is not a payment form'] as const;

  it.each(['multipart/form-data; boundary=x', 'application/json', 'text/plain', 'application/x-www-form-urlencodedx'])(
    'is refused: %s',
    async (type) => {
      await expectRefusal('--x--', ...NOT_A_FORM, { 'content-type': type });
    },
  );

  it('is refused when it is larger than 16 KB, and taken up to that', async () => {
    const body = new URLSearchParams(shop.fields()).toString();
    await expectRefusal(`${body}&description=${'x'.repeat(17_000)}`, 413, 'The payment form is too large');
    const almost = await expectRefusal(shop.fields({ description: 'x'.repeat(15_000) }), ...FAULTY);
    expect(almost.text).toContain('description must have at most 500 characters, not 15000');
  });

  it('is told where to go when it only looks', async () => {
    const page = await visit(`${product.url}/pay`);
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('a form whose operator is suspended', () => {
  it('makes no order, and says so', async () => {
    const closed = await FormShop.of(product, await aShop(product));
    const { id } = closed.shop.operator;
    await product.platform.do('suspendOperator', { operatorId: id }, 'operator { id }');
    const page = await closed.post(closed.fields());
    expect([page.status, page.heading]).toEqual([503, 'The shop takes no payments at the moment']);
    await product.platform.do('resumeOperator', { operatorId: id }, 'operator { id }');
    expect((await closed.post(closed.fields())).status).toBe(303);
  });
});

describe('markup in a form', () => {
  it('is text on the page, whatever field it is in', async () => {
    const XSS = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
    const made = await shop.post(shop.fields({ orderNumber: XSS, description: XSS, payerReference: XSS }));
    const pages = [
      await visit(made.location),
      await visit(`${made.location}/cancel`),
      await visit(`${made.location}/return`),
    ];
    for (const field of ['amount', 'currency', 'captureMode', 'returnUrl', 'email', 'language', 'expiresInMinutes']) {
      pages.push(await expectRefusal(shop.fields({ [field]: XSS }), ...FAULTY));
    }
    for (const field of ['merchant', 'signature', 'timestamp', XSS]) {
      pages.push(await shop.post({ ...shop.fields(), [field]: XSS }));
    }
    for (const { html } of pages) {
      expect(html).not.toMatch(/<script>|<img|<\w+ [^>]*="[^"]*<script/i);
    }
    expect(pages[0]?.text).toContain(XSS);
  });
});

describe('the page of a refusal', () => {
  it('speaks the browser’s language', async () => {
    const fields = { ...shop.fields(), amount: '1.00' };
    const headings = [];
    for (const language of ['ro-MD,ro;q=0.9', 'ru', 'de']) {
      const page = await shop.post(fields, { 'accept-language': language });
      headings.push(`${/<html lang="(..)"/.exec(page.html)?.[1]} ${page.heading}`);
    }
    expect(headings).toEqual([
      'ro Această cerere de plată nu este de încredere',
      'ru Этому запросу на оплату нельзя доверять',
      'en This payment request cannot be trusted',
    ]);
  });
});

/** At the end: nothing of ours is answered from this address for a while afterwards. */
describe('forms without end', () => {
  const atOnce = <Result>(count: number, send: () => Promise<Result>) =>
    Promise.all(Array.from({ length: count }, send));
  const statuses = (pages: readonly { status: number }[]) => new Set(pages.map(({ status }) => status));

  it('are refused before they are looked at: the same one by itself', async () => {
    const fields = shop.fields();
    expect(statuses(await atOnce(60, () => shop.post(fields)))).toEqual(new Set([303, 429]));
    expect((await shop.post(shop.fields())).status).toBe(303);
  });

  it('are refused by address where they are forged, as are links that are none, but not good links', async () => {
    const url = await shop.order();
    const forged = () => shop.post({ ...shop.fields(), amount: '0.01' }, { 'accept-language': 'ru' });
    // What is on the way together is counted when it has failed; those after it are refused.
    const pages = [...(await atOnce(300, forged)), ...(await atOnce(20, forged))];
    expect(statuses(pages)).toEqual(new Set([403, 429]));
    const refused = pages.find(({ status }) => status === 429);
    expect(refused?.heading).toBe('Слишком много запросов сразу');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused?.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(statuses(await atOnce(300, () => visit(`${url}x`)))).toContain(429);
    expect((await visit(url)).heading).toBe('Payment to Shop');
  });
});
