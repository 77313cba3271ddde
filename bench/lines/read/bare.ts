import 'reflect-metadata';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OperationRow, OrderRow } from '../../../src/features/orders/order-rows.js';
import { OPERATIONS_OF_ORDERS, ORDERS_BY_ID, orderColumns } from '../../../src/features/orders/orders-sql.js';
import { PAYERS_BY_ID } from '../../../src/features/payers/payers-sql.js';
import { publicId, uuidOf } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { ReadScope } from '../../../src/platform/database/read-scope.js';
import { statement } from '../../../src/platform/database/sql.js';
import { cursorOf } from '../../../src/platform/graphql/connection.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { ServerSettings, Tenant } from '../../support/world.js';

/**
 * The anchor: bare `node:http`, the same prepared statements in the same scoped
 * transaction, the objects of the answer written out by hand. It gets the very
 * request that the product gets and answers the very same bytes; what it does
 * not do is look at the key, the document or anything's limits.
 */
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

async function one(id: string): Promise<object> {
  const [row] = await new ReadScope(pool, operatorId).query<OrderRow>(ORDERS_BY_ID, [operatorId, [id]]);
  if (!row) return { order: null };
  const order = {
    ...briefly(row),
    capturedAmount: { amount: Money.of(row.captured, row.currency).toDecimal() },
    captureBefore: row.captureBefore,
    createdAt: row.createdAt,
  };
  return { order };
}

function briefly({ id, billNumber, orderNumber, status, amount, currency }: OrderRow) {
  const money = { amount: Money.of(amount, currency).toDecimal(), currency };
  return { id: publicId('order', id), billNumber, orderNumber, status, amount: money };
}

async function page(): Promise<object> {
  const reads = new ReadScope(pool, operatorId);
  const orders = await reads.query<OrderRow>(PAGE, [operatorId]);
  const shown = orders.slice(0, 20);
  const idsOf = (key: 'id' | 'merchantId' | 'payerId') => [
    ...new Set(shown.map((order) => order[key]).filter(Boolean)),
  ];
  const [merchants, payers, operations] = await Promise.all([
    reads.query<Row>(MERCHANTS, [operatorId, idsOf('merchantId')]),
    reads.query<Row>(PAYERS_BY_ID, [operatorId, idsOf('payerId')]),
    reads.query<OperationRow>(OPERATIONS_OF_ORDERS, [operatorId, idsOf('id')]),
  ]);
  const by = (rows: Row[]) => new Map(rows.map((row) => [row.id, row]));
  const [merchantById, payerById] = [by(merchants), by(payers)];
  const operationsOf = Map.groupBy(operations, ({ orderId }) => orderId);
  const nodes = shown.map((order) => {
    const [merchant, payer] = [merchantById.get(order.merchantId), payerById.get(order.payerId)];
    return {
      ...briefly(order),
      merchant: merchant && { id: publicId('merchant', String(merchant.id)), name: merchant.name },
      payer: payer ? { id: publicId('payer', String(payer.id)), reference: payer.reference, email: payer.email } : null,
      operations: (operationsOf.get(order.id) ?? []).map(({ type, status, amount, createdAt }) => ({
        type,
        status,
        amount: { amount: Money.of(amount, order.currency).toDecimal() },
        createdAt,
      })),
    };
  });
  const endCursor = cursorOf(shown.at(-1)?.id ?? '');
  return { orders: { nodes, pageInfo: { hasNextPage: orders.length > shown.length, endCursor } } };
}

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    text += part;
  });
  request.on('end', async () => {
    const { variables } = JSON.parse(text) as { variables: { id?: string } };
    const data = variables.id === undefined ? await page() : await one(uuidOf('order', variables.id) ?? '');
    const body = JSON.stringify({ data });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});

server.listen(0, '127.0.0.1', () => {
  serve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, () => ({ cpuMicros: cpuMicros() }));
});
