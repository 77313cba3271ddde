import pg from 'pg';
import type { Product } from '../../test/support/product.js';

/** Rows of all operators: proofs compare what no role of the product may see together. */
export async function asOwner<Row extends object>(
  { database }: Pick<Product, 'database'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
