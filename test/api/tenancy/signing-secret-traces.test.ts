import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, type Product, startProduct } from '../../support/product.js';
import { dump } from '../bad-input/dump.js';

const logged: string[] = [];
let product: Product;
beforeAll(async () => {
  product = await startProduct({ logTo: { write: (line) => void logged.push(line) } });
});
afterAll(() => product.close());

it('a secret that was made and rotated over HTTP is in no log and no table, however much is logged', async () => {
  const { secret: operatorKey } = await product.platform.do<{ secret: string }>(
    'createOperator',
    { name: 'Operator' },
    'secret',
  );
  const operator = new Client(product.url, operatorKey);
  const { merchant } = await operator.do<{ merchant: { id: string } }>(
    'createMerchant',
    { name: 'Shop' },
    'merchant { id }',
  );
  const input = { merchantId: merchant.id, idempotencyKey: 'canary' };
  const { secret } = await operator.do<{ secret: string }>('rotateSigningSecret', input, 'secret');
  const again = await operator.do<{ secret: null }>('rotateSigningSecret', input, 'secret');
  expect(again).toEqual({ secret: null });
  // Who sends a secret where it does not belong must not find it in an error's log either.
  await operator.raw(`{ merchant(id: "${secret}") { name } }`);
  await operator.raw(
    `mutation { rotateSigningSecret(input: { merchantId: "${secret}", overlapSeconds: -1 }) { nonsense } }`,
  );
  await new Client(product.url, secret).raw('{ viewer { kind } }');
  const told = `${logged.join('\n')}\n${await dump(product.database.url)}`;
  expect(told).toContain(`whsec_…${secret.slice(-4)}`);
  for (let from = 6; from + 12 <= secret.length; from += 1) expect(told).not.toContain(secret.slice(from, from + 12));
});
