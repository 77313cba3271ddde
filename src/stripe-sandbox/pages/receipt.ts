import type { FastifyInstance } from 'fastify';
import { spoken } from '../core/money.js';
import { find } from '../core/shelf.js';
import type { World } from '../core/world.js';
import { escapeHtml, sendPage } from './page.js';

/** Where `receipt_url` leads. Intent ids are unguessable, so the page needs no key, as at Stripe. */
export function receiptPages(app: FastifyInstance, world: World): void {
  app.get<{ Params: { intent: string } }>('/receipts/:intent', (request, reply) => {
    for (const account of world.accounts.values()) {
      const intent =
        find(account.test.paymentIntents, request.params.intent) ??
        find(account.live.paymentIntents, request.params.intent);
      if (intent === undefined) continue;
      const amount = escapeHtml(spoken(intent.amount_received, intent.currency));
      const body = `<h1>Receipt from ${escapeHtml(account.name)}</h1><p>Amount paid: <b>${amount}</b></p>`;
      return sendPage(reply, 'Receipt', body);
    }
    return sendPage(reply, 'Receipt', '<h1>No such receipt</h1>', 404);
  });
}
