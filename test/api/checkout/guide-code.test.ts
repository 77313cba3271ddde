import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formSignature } from '../../../src/features/checkout/form-signature.js';
import { type Fields, FormShop, visit } from '../../support/checkout.js';
import { aShop, type Product, startProduct } from '../../support/product.js';

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

let product: Product;
let shop: FormShop;

beforeAll(async () => {
  product = await startProduct();
  shop = await FormShop.of(product, await aShop(product));
});

afterAll(() => product.close());

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
