import type { FastifyInstance, FastifyReply } from 'fastify';
import type Stripe from 'stripe';
import { spoken } from '../core/money.js';
import { find } from '../core/shelf.js';
import { type Scope, scopeOf, type World } from '../core/world.js';
import { decodeForm } from '../http/form.js';
import { finishAuthentication } from '../payments/authorise.js';
import { finishSetupAuthentication } from '../payments/setup.js';
import { escapeHtml, sendPage } from './page.js';

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;
interface Address {
  account: string;
  intent: string;
}

interface FoundIntent {
  scope: Scope;
  intent: Intent;
}

/** Looks in both modes: the address of a page does not tell which it is. */
export function findIntent(world: World, accountId: string, intentId: string): FoundIntent | null {
  for (const livemode of [false, true]) {
    const scope = scopeOf(world, accountId, livemode);
    const intent = scope && (find(scope.book.paymentIntents, intentId) ?? find(scope.book.setupIntents, intentId));
    if (scope !== undefined && intent !== undefined) return { scope, intent };
  }
  return null;
}

/** The bank's answer, for an intent of either kind. Says whether it was waiting for one. */
export function answerChallenge({ scope, intent }: FoundIntent, succeeded: boolean): boolean {
  if (intent.status !== 'requires_action') return false;
  if (intent.object === 'payment_intent') finishAuthentication(scope, intent, succeeded);
  else finishSetupAuthentication(scope, intent, succeeded);
  return true;
}

function ask(reply: FastifyReply, { scope, intent }: FoundIntent): FastifyReply {
  const what =
    intent.object === 'payment_intent'
      ? `a payment of <b>${escapeHtml(spoken(intent.amount, intent.currency))}</b>`
      : 'saving your card';
  return sendPage(
    reply,
    '3-D Secure test page',
    `<h1>Confirm with your bank</h1>
<p><b>${escapeHtml(scope.account.name)}</b> asks for ${what}.</p>
<form method="post"><button class="primary" name="outcome" value="succeed">Complete</button><button name="outcome" value="fail">Fail</button></form>
<p><small>Stripe sandbox: no bank is asked.</small></p>`,
  );
}

/** Where the payer goes back to, with what Stripe adds to the address. */
function returnAddress(found: FoundIntent, returnUrl: string): string {
  const { intent } = found;
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? '');
  const good = ['succeeded', 'requires_capture', 'processing'].includes(intent.status);
  url.searchParams.set('redirect_status', good ? 'succeeded' : 'failed');
  return url.href;
}

function sorry(reply: FastifyReply): FastifyReply {
  const body = '<h1>Nothing to confirm</h1><p>This payment does not wait for an authentication.</p>';
  return sendPage(reply, 'Nothing to confirm', body, 404);
}

/** The page a bank would show: a person completes or fails the authentication and is sent back. */
export function authenticationPages(app: FastifyInstance, world: World, kept: () => Promise<void>): void {
  app.get<{ Params: Address }>('/authenticate/:account/:intent', (request, reply) => {
    const found = findIntent(world, request.params.account, request.params.intent);
    if (found === null || found.intent.status !== 'requires_action') return sorry(reply);
    return ask(reply, found);
  });
  app.post<{ Params: Address }>('/authenticate/:account/:intent', async (request, reply) => {
    const { account, intent: id } = request.params;
    const found = findIntent(world, account, id);
    const returnUrl = found?.intent.next_action?.redirect_to_url?.return_url;
    if (found === null || typeof returnUrl !== 'string') return sorry(reply);
    const { outcome } = decodeForm(typeof request.body === 'string' ? request.body : '');
    answerChallenge(found, outcome === 'succeed');
    await kept();
    const after = findIntent(world, account, id) ?? found;
    return reply.redirect(returnAddress(after, returnUrl), 303);
  });
}
