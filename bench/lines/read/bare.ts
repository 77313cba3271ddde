import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATIONS_OF_ORDERS, ORDERS_BY_ID, orderColumns } from '../../../src/features/orders/orders-sql.js';
import { PAYERS_BY_ID } from '../../../src/features/payers/payers-sql.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { ReadScope } from '../../../src/platform/database/read-scope.js';
import { statement } from '../../../src/platform/database/sql.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { ServerSettings, Tenant } from '../../support/world.js';

/** The anchor: bare `node:http`, the same prepared statements in the same scoped transaction, rows as JSON. */
type Row = Record<string, unknown>;

const { appUrl, operatorId: publicOperator } = settings<ServerSettings & Tenant>();
const operatorId = uuidOf('operator', publicOperator) ?? '';
const pool = pipelinedPool(appUrl, 10);

const PAGE = statement(
  'bare_page',
  `select ${orderColumns} from orders where operator_id = $1 and mode = 'TEST' order by id desc limit 21`,
);
const MERCHANTS = statement(
  'bare_merchants',
  'select id, name from merchants where operator_id = $1 and id = any ($2::uuid[])',
);

async function one(id: string): Promise<unknown> {
  const [order] = await new ReadScope(pool, operatorId).query(ORDERS_BY_ID, [operatorId, [id]]);
  return order;
}

async function page(): Promise<unknown> {
  const reads = new ReadScope(pool, operatorId);
  const orders = await reads.query<Row>(PAGE, [operatorId]);
  const idsOf = (key: string) => [...new Set(orders.map((order) => order[key]).filter(Boolean))];
  const [merchants, payers, operations] = await Promise.all([
    reads.query<Row>(MERCHANTS, [operatorId, idsOf('merchantId')]),
    reads.query<Row>(PAYERS_BY_ID, [operatorId, idsOf('payerId')]),
    reads.query<Row>(OPERATIONS_OF_ORDERS, [operatorId, idsOf('id')]),
  ]);
  const by = (rows: Row[]) => new Map(rows.map((row) => [row.id, row]));
  const [merchantById, payerById] = [by(merchants), by(payers)];
  return orders.slice(0, 20).map((order) => ({
    ...order,
    merchant: merchantById.get(order.merchantId),
    payer: payerById.get(order.payerId),
    operations: operations.filter(({ orderId }) => orderId === order.id),
  }));
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body =
    url.pathname === '/page' ? await page() : await one(uuidOf('order', url.searchParams.get('id') ?? '') ?? '');
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
});

server.listen(0, '127.0.0.1', () => {
  serve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, () => ({ cpuMicros: cpuMicros() }));
});
