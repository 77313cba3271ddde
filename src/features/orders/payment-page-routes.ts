import type { FastifyInstance } from 'fastify';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { isUnpaid, money, type OrderRow } from './order-rows.js';
import { ORDERS_BY_ID } from './orders-sql.js';
import type { LinkedOrder, PaymentPageLinks } from './payment-page-link.js';

export interface PaymentPageParts {
  readonly units: UnitsOfWork;
  readonly links: PaymentPageLinks;
}

/**
 * Where payment links lead. The page on which a payer pays is not built yet,
 * and says so; what it knows already is what is to be paid, and how it stands.
 */
export function paymentPageRoutes({ units, links }: PaymentPageParts) {
  return (app: FastifyInstance): void => {
    // Whatever follows: a parameter of the router's may have 100 characters, and a link that was spoilt may have more.
    app.get<{ Params: { '*': string } }>('/pay/*', async (request, reply) => {
      const linked = links.read(request.params['*']);
      const order = linked && (await orderOf(units, linked));
      const page = order ? pageOf(order) : { status: 404, text: 'This link is not valid. Ask the shop for a new one.' };
      return reply.code(page.status).headers(HEADERS).send(`${page.text}\n`);
    });
  };
}

async function orderOf(units: UnitsOfWork, { operatorId, orderId }: LinkedOrder): Promise<OrderRow | null> {
  const [order] = await units.sql(operatorId, (tx) => tx.query<OrderRow>(ORDERS_BY_ID, [operatorId, [orderId]]));
  return order ?? null;
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
