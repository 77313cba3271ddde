import DataLoader from 'dataloader';
import type { Row, Statement } from '../../platform/database/sql.js';
import { type ApiContext, maySeeOrder, requireScope } from '../tenancy/index.js';
import { DisputeType, OperationObject, TransactionType } from './operation.graphql.js';
import { OrderType } from './order.graphql.js';
import type { DisputeRow, OperationRow, OrderRow, TransactionRow } from './order-rows.js';
import {
  DISPUTES_OF_ORDERS,
  OPERATIONS_OF_ORDERS,
  ORDER_OF_DISPUTE,
  ORDER_OF_OPERATION,
  ORDER_OF_TRANSACTION,
  ORDERS_BY_ID,
  TRANSACTIONS_OF_ORDERS,
} from './orders-sql.js';

const ORDERS = Symbol('orders');
const OPERATIONS = Symbol('operations of orders');
const TRANSACTIONS = Symbol('transactions of orders');
const DISPUTES = Symbol('disputes of orders');

/** Whether the asking key may see the order: its merchant's, in its mode, and for a client token the one it is for. */
export function isVisible({ principal }: ApiContext, order: OrderRow): boolean {
  const { mode, merchantId } = principal;
  return (
    order.mode === mode && (merchantId === null || merchantId === order.merchantId) && maySeeOrder(principal, order.id)
  );
}

/** Orders by UUID, as far as the asking key may see them. */
export function orderLoader(context: ApiContext): DataLoader<string, OrderRow | null> {
  return context.loader(
    ORDERS,
    () =>
      new DataLoader<string, OrderRow | null>(async (ids) => {
        const rows = await context.reads.query<OrderRow>(ORDERS_BY_ID, [context.principal.operatorId, ids]);
        const found = new Map(rows.filter((row) => isVisible(context, row)).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      }),
  );
}

/** The operations of orders, oldest first, by the orders' UUIDs. */
export function operationsLoader(context: ApiContext): DataLoader<string, OperationRow[]> {
  return ofOrders(context, OPERATIONS, OPERATIONS_OF_ORDERS);
}

export function transactionsLoader(context: ApiContext): DataLoader<string, TransactionRow[]> {
  return ofOrders(context, TRANSACTIONS, TRANSACTIONS_OF_ORDERS);
}

export function disputesLoader(context: ApiContext): DataLoader<string, DisputeRow[]> {
  return ofOrders(context, DISPUTES, DISPUTES_OF_ORDERS);
}

function ofOrders<Part extends Row & { orderId: string }>(
  context: ApiContext,
  key: symbol,
  statement: Statement,
): DataLoader<string, Part[]> {
  return context.loader(
    key,
    () =>
      new DataLoader<string, Part[]>(async (ids) => {
        const rows = await context.reads.query<Part>(statement, [context.principal.operatorId, ids]);
        const byOrder = Map.groupBy(rows, (row) => row.orderId);
        return ids.map((id) => byOrder.get(id) ?? []);
      }),
  );
}

/** For `node(id)`: the parts of an order are seen by whoever sees the order. */
export const orderNodes = {
  order: async (context: ApiContext, uuid: string) => {
    const order = await visibleOrder(context, uuid);
    return order && new OrderType(order);
  },
  operation: async (context: ApiContext, uuid: string) => {
    const order = await visibleOrder(context, await ownerOf(context, ORDER_OF_OPERATION, uuid));
    const operations = order ? await operationsLoader(context).load(order.id) : [];
    const row = operations.find(({ id }) => id === uuid);
    return order && row ? new OperationObject(row, order) : null;
  },
  transaction: async (context: ApiContext, uuid: string) => {
    const order = await visibleOrder(context, await ownerOf(context, ORDER_OF_TRANSACTION, uuid));
    const transactions = order ? await transactionsLoader(context).load(order.id) : [];
    const row = transactions.find(({ id }) => id === uuid);
    return order && row ? new TransactionType(row, order) : null;
  },
  dispute: async (context: ApiContext, uuid: string) => {
    const order = await visibleOrder(context, await ownerOf(context, ORDER_OF_DISPUTE, uuid));
    const disputes = order ? await disputesLoader(context).load(order.id) : [];
    const row = disputes.find(({ id }) => id === uuid);
    return order && row ? new DisputeType(row, order) : null;
  },
};

async function visibleOrder(context: ApiContext, uuid: string | null): Promise<OrderRow | null> {
  requireScope(context.principal, 'orders:read');
  return uuid ? orderLoader(context).load(uuid) : null;
}

async function ownerOf(context: ApiContext, statement: Statement, uuid: string): Promise<string | null> {
  const [row] = await context.reads.query<{ orderId: string }>(statement, [context.principal.operatorId, uuid]);
  return row?.orderId ?? null;
}

export async function disputesOf(context: ApiContext, order: OrderRow): Promise<DisputeType[]> {
  const rows = await disputesLoader(context).load(order.id);
  return rows.map((row) => new DisputeType(row, order));
}
