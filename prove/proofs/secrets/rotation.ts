import { rewrapDataKeys } from '../../../src/features/tenancy/index.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import { generateMasterKey, MasterKeys } from '../../../src/platform/secrets/master-keys.js';
import { anOperator, aShop, type Product, Shop, startProduct } from '../../../test/support/product.js';

export interface Rotated {
  readonly operators: number;
  readonly changed: number;
  /** Requests answered while the keys were wrapped anew. */
  readonly served: number;
  readonly failures: readonly string[];
}

const CLIENTS = 4;

/** A new master key is put in front, every data key wrapped anew while payments go on, and the old key taken away. */
export async function rotate(product: Product, operators: number): Promise<Rotated> {
  const { database, sandbox, masterKey: old } = product;
  const fresh = generateMasterKey();
  const shops = [await aShop(product), await aShop(product)];
  for (let made = shops.length; made < operators; made += 1) await anOperator(product);
  const both = await startProduct({ database, sandbox, masterKey: `${fresh},${old}` });
  const failures: string[] = [];
  let served = 0;
  try {
    let isOver = false;
    const clients = Array.from({ length: CLIENTS }, async (_, index) => {
      const shop = at(shops[index % shops.length] as Shop, both.url);
      while (!isOver) {
        // A payment needs the operator's key at the payment system, and a new secret is sealed under the data key.
        const paid = await shop.sale({ orderNumber: `rotating-${index}-${served}` }).catch(String);
        const made = await shop.operator.do<{ secret?: string }>(
          'rotateSigningSecret',
          { merchantId: shop.id },
          'secret',
        );
        served += 2;
        if (typeof paid === 'string' || paid.order?.status !== 'CAPTURED')
          failures.push(`a sale: ${JSON.stringify(paid)}`);
        if (!made.secret) failures.push(`a new secret: ${JSON.stringify(made)}`);
      }
    });
    const system: Sql = { query: (statement, values) => run(product.system, statement, values) };
    const keys = MasterKeys.parse(`${fresh},${old}`);
    const { changed } = await rewrapDataKeys({ units: both.built.units, system, masterKeys: keys }, () => {});
    isOver = true;
    await Promise.all(clients);
    failures.push(...(await withTheNewAlone(product, shops, fresh)));
    return { operators, changed, served, failures };
  } finally {
    await both.close();
  }
}

async function withTheNewAlone({ database, sandbox }: Product, shops: readonly Shop[], fresh: string) {
  const product = await startProduct({ database, sandbox, masterKey: fresh });
  try {
    const sales = await Promise.all(shops.map((shop) => at(shop, product.url).sale({ orderNumber: 'new-key' })));
    return sales.flatMap(({ order, code, message }) =>
      order?.status === 'CAPTURED' ? [] : [`without the old key: ${order?.status} ${code} ${message}`],
    );
  } finally {
    await product.close();
  }
}

/** The same merchant's client at another process. */
function at(shop: Shop, url: string): Shop {
  const operator = Object.assign(Object.create(shop.operator), { url }) as Shop['operator'];
  return new Shop(url, shop.key, shop.id, operator, shop.stripe);
}
