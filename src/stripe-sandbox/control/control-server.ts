import Fastify, { type FastifyInstance } from 'fastify';
import type { DeclineOrder } from '../cards/ordered-decline.js';
import type { WebhookFaults } from '../events/courier.js';
import { FAULT_KINDS, type FaultOrder } from '../http/faults.js';
import { CHECKOUT_ROUTES } from './checkout-routes.js';
import type { NewAccount, SandboxControl } from './control.js';
import { amount, type Body, type ControlRoute, DONE, oneOf, text } from './control-route.js';
import { MONEY_ROUTES } from './money-routes.js';

const ADVICE = ['confirm_card_data', 'do_not_try_again', 'try_again_later'] as const;
const CONTROL_ROUTES: readonly ControlRoute[] = [
  ...CHECKOUT_ROUTES,
  ...MONEY_ROUTES,
  {
    method: 'GET',
    url: '/accounts',
    does: 'Lists the accounts.',
    run: (control) => control.accounts(),
  },
  {
    method: 'POST',
    url: '/accounts',
    does: 'Makes an account: { name?, country?, livemode?, features? } → its id and keys.',
    run: (control, { body }) => control.createAccount(body as NewAccount),
  },
  {
    method: 'POST',
    url: '/accounts/:id/keys',
    does: 'Makes a further pair of keys: { livemode? }. The older ones keep working.',
    run: (control, { id, body }) =>
      control.rollKeys(id, typeof body.livemode === 'boolean' ? { livemode: body.livemode } : {}),
  },
  {
    method: 'POST',
    url: '/accounts/:id/features',
    does: 'Grants or takes features: { raw_card_data?, multicapture?, incremental_authorization?, extended_authorization?, overcapture?, sepa_debit? }.',
    run: (control, { id, body }) => {
      control.setFeatures(id, body);
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/keys/revoke',
    does: 'Ends a pair of keys: { secretKey }.',
    run: (control, { body }) => {
      control.revokeKey(text(body.secretKey, 'secretKey'));
      return DONE;
    },
  },
  {
    method: 'GET',
    url: '/clock',
    does: 'Tells the time of the sandbox.',
    run: (control) => ({ now: control.now().toISOString() }),
  },
  {
    method: 'POST',
    url: '/clock/advance',
    does: 'Moves the clock on: { seconds }. Holds lapse, refunds settle, keys expire.',
    run: (control, { body }) => ({
      now: control.advanceClock({ seconds: amount(body.seconds, 'seconds') }).toISOString(),
    }),
  },
  {
    method: 'POST',
    url: '/faults',
    does: `Orders a fault: { kind, method?, path?, count?, probability?, delayMs?, accountId? }; kinds are ${FAULT_KINDS.join(', ')}.`,
    run: (control, { body }) => {
      control.addFault({ ...(body as Partial<FaultOrder>), kind: oneOf(body.kind, FAULT_KINDS, 'kind') });
      return DONE;
    },
  },
  {
    method: 'DELETE',
    url: '/faults',
    does: 'Takes all faults back.',
    run: (control) => {
      control.clearFaults();
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/webhook-faults',
    does: 'Sets what happens to webhooks: { duplicate?, lose?, delayMs?, shuffle? }; {} for nothing.',
    run: (control, { body }) => {
      control.setWebhookFaults(body as WebhookFaults);
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/rate-limit',
    does: 'Limits requests a second for each endpoint: { perSecond: number or null, accountId? }.',
    run: (control, { body }) => {
      const perSecond = body.perSecond === null ? null : amount(body.perSecond, 'perSecond');
      control.setRateLimit({ perSecond, ...(typeof body.accountId === 'string' && { accountId: body.accountId }) });
      return DONE;
    },
  },
  {
    method: 'GET',
    url: '/requests',
    does: 'Lists the last requests to the API; filters accountId, method, path (a regular expression).',
    run: (control, { query }) =>
      control.requests({ accountId: query.accountId, method: query.method, path: query.path }),
  },
  {
    method: 'DELETE',
    url: '/requests',
    does: 'Forgets the requests.',
    run: (control) => {
      control.clearRequests();
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/payment_intents/:id/authentication',
    does: 'Answers 3-D Secure for the payer: { account (id or secret key), outcome: succeed or fail }.',
    run: authenticate,
  },
  {
    method: 'POST',
    url: '/setup_intents/:id/authentication',
    does: 'The same for a setup intent.',
    run: authenticate,
  },
  {
    method: 'POST',
    url: '/charges/:id/dispute',
    does: 'Disputes a charge: { reason? }.',
    run: (control, { id, body }) =>
      control.createDispute(id, typeof body.reason === 'string' ? body.reason : undefined),
  },
  {
    method: 'POST',
    url: '/disputes/:id/resolve',
    does: 'Decides a dispute: { outcome: won or lost }.',
    run: (control, { id, body }) => control.resolveDispute(id, oneOf(body.outcome, ['won', 'lost'], 'outcome')),
  },
  {
    method: 'POST',
    url: '/payment_methods/:id/renew',
    does: 'Renews a saved card: { expMonth, expYear, last4? }.',
    run: (control, { id, body }) =>
      control.renewCard(id, {
        expMonth: amount(body.expMonth, 'expMonth'),
        expYear: amount(body.expYear, 'expYear'),
        ...(body.last4 !== undefined && { last4: text(body.last4, 'last4') }),
      }),
  },
  {
    method: 'POST',
    url: '/accounts/:id/debit-delay',
    does: 'Sets how long SEPA debits take: { seconds: number or null }; null for what each bank account says.',
    run: (control, { id, body }) => {
      control.setDebitDelay(id, body.seconds === null ? null : amount(body.seconds, 'seconds'));
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/payment_intents/:id/debit',
    does: 'Has the bank answer now to a debit that is processing.',
    run: (control, { id }) => {
      control.settleDebit(id);
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/mandates/:id/revoke',
    does: 'Ends a mandate: the payer took it back.',
    run: (control, { id }) => control.revokeMandate(id),
  },
  {
    method: 'POST',
    url: '/payment_methods/:id/card',
    does: 'Puts a saved payment method behind another test card: { number }.',
    run: (control, { id, body }) => {
      control.changeCard(id, text(body.number, 'number'));
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/payment_methods/:id/decline',
    does: 'Has a saved payment method refused from now on: { code, advice_code?, times? }; without advice_code with the advice that usually comes with it (generic_decline: do_not_try_again), none with null; { code: null } for no longer.',
    run: (control, { id, body }) => {
      control.declineFrom(id, declineOrder(body));
      return DONE;
    },
  },
  {
    method: 'POST',
    url: '/state/flush',
    does: 'Writes the state file now.',
    run: (control) => {
      control.flush();
      return DONE;
    },
  },
];

function declineOrder({ code, advice_code: advice, times }: Body): DeclineOrder | null {
  if (code === null) return null;
  return {
    code: text(code, 'code'),
    ...(advice === null && { advice_code: null }),
    ...(advice != null && { advice_code: oneOf(advice, ADVICE, 'advice_code') }),
    ...(times !== undefined && { times: amount(times, 'times') }),
  };
}

function authenticate(control: SandboxControl, { id, body }: { id: string; body: Body }): object {
  control.completeAuthentication(
    text(body.account, 'account'),
    id,
    oneOf(body.outcome, ['succeed', 'fail'], 'outcome'),
  );
  return DONE;
}

/** The control port: the same things as `SandboxControl`, as JSON. */
export function controlServer(control: SandboxControl, kept: () => Promise<void>): FastifyInstance {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    reply.code(400).send({ error: error instanceof Error ? error.message : String(error) });
  });
  app.get('/', () => ({
    what: 'The control port of the Stripe sandbox. It has no authentication.',
    routes: CONTROL_ROUTES.map(({ method, url, does }) => `${method} ${url}: ${does}`),
  }));
  for (const each of CONTROL_ROUTES) {
    app.route<{ Params: { id?: string }; Querystring: Record<string, string> }>({
      method: each.method,
      url: each.url,
      handler: async (request) => {
        const body = typeof request.body === 'object' && request.body !== null ? (request.body as Body) : {};
        const answer = each.run(control, { body, id: request.params.id ?? '', query: request.query });
        await kept();
        return answer;
      },
    });
  }
  return app;
}
