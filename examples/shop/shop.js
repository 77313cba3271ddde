import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { backPage, ordersPage, shopPage } from './pages.js';
import { receiveNotification } from './receive-notification.js';
import { signedForm } from './sign-form.js';

const STYLE = readFileSync(new URL('./style.css', import.meta.url));

const GOODS = [
  {
    name: 'Green tea',
    price: '12.50 EUR',
    note: 'Paid at once',
    order: { amount: '12.50', currency: 'EUR', description: 'Green tea, 100 g' },
  },
  {
    name: 'Oak table',
    price: '240.00 EUR',
    note: 'The amount is held, and taken when the table is made',
    order: { amount: '240.00', currency: 'EUR', description: 'Oak table, made to order', captureMode: 'MANUAL' },
  },
  {
    name: 'Mărțișor',
    price: '85.00 MDL',
    note: 'The payment page speaks Romanian',
    order: { amount: '85.00', currency: 'MDL', description: 'Mărțișor, lucrat de mână', language: 'ro' },
  },
];

/**
 * A shop: its pages, and where it is told of payments. It keeps its orders in
 * memory; a real one has a database, and looks up by `webhook-id` whether it
 * has seen a notification before.
 */
export function openShop({ merchantId, secret, payUrl, port }) {
  const orders = new Map();
  const seen = new Set();
  const address = `http://127.0.0.1:${port}`;
  let made = 0;

  const offer = ({ order, ...shown }) => {
    made += 1;
    const orderNumber = `S-${Date.now()}-${made}`;
    const fields = {
      merchant: merchantId,
      orderNumber,
      returnUrl: `${address}/back`,
      email: 'payer@shop.example',
      ...order,
    };
    orders.set(orderNumber, { orderNumber, name: shown.name, status: null, notifications: [] });
    return { ...shown, fields: signedForm(secret, fields) };
  };

  const take = ({ id, type, data }) => {
    if (seen.has(id)) return;
    seen.add(id);
    const order = orders.get(data.orderNumber);
    if (!order) return;
    order.notifications.push({ type, status: data.status });
    if (type === 'order.status_changed') order.status = data.status;
  };

  const answer = async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', address);
    if (request.method === 'POST' && pathname === '/told') {
      const notification = await receiveNotification(secret, request);
      if (notification) take(notification);
      // Exactly this, and nothing else, says that it was heard; it comes again otherwise.
      return response
        .writeHead(notification ? 200 : 400, { 'content-type': 'text/plain' })
        .end(notification ? 'ok' : 'no');
    }
    const html = (text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
    if (pathname === '/style.css')
      return response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(STYLE);
    if (pathname === '/') return html(shopPage(payUrl, GOODS.map(offer)));
    if (pathname === '/orders') return html(ordersPage(bought(orders)));
    if (pathname === '/back') {
      const orderNumber = searchParams.get('orderNumber') ?? '';
      return html(backPage(orderNumber, orders.get(orderNumber)));
    }
    return response.writeHead(404).end();
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => resolve({ address, close: () => server.close() }));
  });
}

/** What was only shown in the shop has not been bought. */
function bought(orders) {
  return new Map([...orders].filter(([, { notifications }]) => notifications.length > 0));
}
