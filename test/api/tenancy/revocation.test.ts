import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aShop, Client, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

const VIEWER = '{ viewer { kind } }';

async function codeOf(client: Client): Promise<unknown> {
  const { errors } = await client.raw(VIEWER);
  return errors?.[0]?.extensions.code ?? 'SERVED';
}

describe('once it is answered, a process serves nobody any more', () => {
  it('who comes with a revoked key', async () => {
    for (let trial = 0; trial < 10; trial += 1) {
      const made = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
        'createApiKey',
        { name: 'short-lived', merchantId: shop.id },
        'secret apiKey { id }',
      );
      const client = new Client(product.url, made.secret);
      expect(await codeOf(client)).toBe('SERVED');
      await shop.operator.do('revokeApiKey', { id: made.apiKey.id }, 'apiKey { id }');
      expect(await codeOf(client)).toBe('UNAUTHENTICATED');
    }
  });

  it('of a suspended operator, and serves again at once when it is resumed', async () => {
    const input = { operatorId: shop.operator.id };
    for (let trial = 0; trial < 5; trial += 1) {
      expect(await codeOf(shop)).toBe('SERVED');
      await product.platform.do('suspendOperator', input, 'operator { id }');
      expect(await codeOf(shop)).toBe('FORBIDDEN');
      await product.platform.do('resumeOperator', input, 'operator { id }');
      expect(await codeOf(shop)).toBe('SERVED');
    }
  });
});
