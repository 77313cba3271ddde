import { type Sql, statement } from '../../platform/database/sql.js';

const CALLBACK_URLS = statement(
  'orders_callback_urls',
  `select id, callback_url as "callbackUrl" from orders
   where operator_id = $1 and id = any ($2::uuid[]) and callback_url is not null`,
);

/** Where notifications of these orders go, of those that have an address of their own, by id. */
export async function callbackUrlsOf(
  sql: Sql,
  operatorId: string,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query<{ id: string; callbackUrl: string }>(CALLBACK_URLS, [operatorId, orderIds]);
  return new Map(rows.map(({ id, callbackUrl }) => [id, callbackUrl]));
}
