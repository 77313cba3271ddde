import type { FastifyInstance } from 'fastify';
import type { InboxParts } from './inbox-parts.js';
import { receiveWebhook } from './receive-webhook.js';
import { WEBHOOK_PATH } from './webhook-address.js';

/**
 * The route of webhooks. It is registered where bodies arrive as the bytes
 * that were sent, because the signature is over those.
 */
export function webhookRoutes(parts: InboxParts) {
  return (app: FastifyInstance): void => {
    app.post<{ Params: { accountId: string } }>(`${WEBHOOK_PATH}/:accountId`, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signature = request.headers['stripe-signature'];
      const status = await receiveWebhook(
        parts,
        request.params.accountId,
        body,
        typeof signature === 'string' ? signature : '',
      );
      return reply.code(status).send();
    });
  };
}
