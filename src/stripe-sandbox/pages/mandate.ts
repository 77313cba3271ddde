import type { FastifyInstance } from 'fastify';
import { find } from '../core/shelf.js';
import type { World } from '../core/world.js';
import { escapeHtml, sendPage } from './page.js';

/** Where the `url` of a mandate leads: what the payer agreed to. */
export function mandatePages(app: FastifyInstance, world: World): void {
  app.get<{ Params: { mandate: string } }>('/mandates/:mandate', (request, reply) => {
    for (const account of world.accounts.values()) {
      const mandate =
        find(account.test.mandates, request.params.mandate) ?? find(account.live.mandates, request.params.mandate);
      const sepa = mandate?.payment_method_details.sepa_debit;
      if (mandate === undefined || sepa === undefined) continue;
      const name = escapeHtml(account.name);
      const body = `<h1>SEPA Direct Debit mandate</h1>
<p>${name} may debit the account. Reference: <b>${escapeHtml(sepa.reference)}</b>, ${escapeHtml(mandate.status)}</p>`;
      return sendPage(reply, 'Mandate', body);
    }
    return sendPage(reply, 'Mandate', '<h1>No such mandate</h1>', 404);
  });
}
