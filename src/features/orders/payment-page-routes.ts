import type { FastifyInstance } from 'fastify';
import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { isUnpaid, money, type OrderRow } from './order-rows.js';
import { OPERATOR_OF_ORDER, ORDER_FOR_PAGE } from './orders-sql.js';
import type { PaymentPageLinks } from './payment-page-link.js';

export interface PaymentPageParts {
  readonly units: UnitsOfWork;
  readonly links: PaymentPageLinks;
  /** Looks up which operator an order is of: the link names the order alone. */
  readonly system: Sql;
}

/**
 * Where payment links lead. The page on which a payer pays is not built yet,
 * and says so; what it knows already is what is to be paid, and how it stands.
 */
export function paymentPageRoutes({ units, links, system }: PaymentPageParts) {
  return (app: FastifyInstance): void => {
    app.get<{ Params: { token: string } }>('/pay/:token', async (request, reply) => {
      const orderId = links.read(request.params.token);
      const [owner] = orderId ? await system.query<{ operatorId: string }>(OPERATOR_OF_ORDER, [orderId]) : [];
      const [order] = owner
        ? await units.sql(owner.operatorId, (tx) => tx.query<OrderRow>(ORDER_FOR_PAGE, [owner.operatorId, orderId]))
        : [];
      const page = order ? pageOf(order) : { status: 404, text: 'This link is not valid. Ask the shop for a new one.' };
      return reply.code(page.status).headers(HEADERS).send(`${page.text}\n`);
    });
  };
}

/** Whoever has the link may pay, so nobody else is to learn it from us. */
const HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function pageOf(order: OrderRow): { readonly status: number; readonly text: string } {
  const what = `Order ${order.orderNumber} (${order.billNumber}) over ${money(order, order.amount)}`;
  if (!isUnpaid(order)) return { status: 200, text: `${what} is ${order.status}: there is nothing to pay.` };
  return {
    status: 501,
    text: `${what} is ${order.status} and waits to be paid. Paying on this page is not built yet: the shop takes the payment itself, by payOrder or with nextAction.clientSecret.`,
  };
}
