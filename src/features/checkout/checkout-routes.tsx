import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { InputIssue } from '../../kernel/errors.js';
import { ApiError } from '../../platform/graphql/errors.js';
import { assetRoutes } from './assets.js';
import type { CheckoutParts } from './checkout-parts.js';
import { languageFor, type PageLanguage } from './domain/language.js';
import type { Refusal } from './domain/texts.js';
import { OrderPages, type Visit } from './order-pages.js';
import { seeOther } from './page-answer.js';
import { PageLimits } from './page-limits.js';
import { receiveForm } from './receive-form.js';
import { RefusalPage } from './refusal-page.js';

const FORM = 'application/x-www-form-urlencoded';
const FORM_MAX_BYTES = 16_384;

const STATUS: Readonly<Record<Refusal, number>> = {
  NOT_FOUND: 404,
  FORGED: 403,
  OUTDATED: 410,
  FAULTY: 400,
  NUMBER_TAKEN: 409,
  NOT_A_FORM: 415,
  TOO_LARGE: 413,
  METHOD: 405,
  TOO_MANY: 429,
  SUSPENDED: 503,
  FAILED: 500,
};

type Step = (pages: OrderPages, visit: Visit) => Promise<FastifyReply | null>;

/** What follows an order's address, by method. */
const STEPS: Readonly<Record<string, Step>> = {
  'GET ': (pages, visit) => pages.show(visit),
  'GET return': (pages, visit) => pages.comeBack(visit),
  'GET cancel': (pages, visit) => pages.askWhetherToCancel(visit),
  'POST checkout': (pages, visit) => pages.checkOut(visit),
  'POST cancel': (pages, visit) => pages.cancel(visit),
};

/** What is answered where an address of the pages cannot even be read: that there is no such link. */
export function pageForBadLink(parts: CheckoutParts) {
  const pages = new OrderPages(parts);
  return (path: string, reply: FastifyReply): FastifyReply | null =>
    /^\/pay(?:[/?]|$)/.test(path)
      ? pages.send(reply, STATUS.NOT_FOUND, <RefusalPage refusal="NOT_FOUND" language="en" base={pages.base} />)
      : null;
}

/**
 * The hosted payment page: `POST /pay` takes a shop's signed form, and
 * `/pay/<token>` is where its payer pays. A plugin of its own, because here
 * forms are read and every refusal is a page.
 */
export function checkoutRoutes(parts: CheckoutParts) {
  const pages = new OrderPages(parts);
  const limits = new PageLimits();
  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal, issues?: readonly InputIssue[]) => {
    const again = refusal === 'TOO_MANY' ? placeOf(request, pages.base) : null;
    const page = (
      <RefusalPage {...{ refusal, again }} language={languageOf(request)} base={pages.base} issues={issues ?? []} />
    );
    return pages.send(reply, STATUS[refusal], page);
  };
  const visited = async (request: FastifyRequest<{ Params: { '*': string } }>, reply: FastifyReply) => {
    const [token = '', step = '', ...rest] = request.params['*'].split('/');
    const linked = parts.links.read(token);
    if (linked) limits.visit(linked.orderId, request.method);
    else stray(request, limits);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const act = rest.length === 0 ? STEPS[`${method} ${step}`] : undefined;
    const answer = linked && act ? await act(pages, { linked, token, request, reply }) : null;
    return answer ?? refuse(request, reply, 'NOT_FOUND');
  };

  return async (app: FastifyInstance): Promise<void> => {
    readForms(app);
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const refusal = REFUSAL_OF[error.code] ?? 'FAILED';
      if (error instanceof ApiError) {
        reply.header('retry-after', Math.ceil(Number(error.extensions.retryAfterSeconds ?? 1)));
      }
      if (refusal === 'FAILED') parts.onFailure(error);
      return refuse(request, reply, refusal);
    });
    assetRoutes(app);
    app.get('/pay', (request, reply) => refuse(request, reply.header('allow', 'POST'), 'METHOD'));
    app.post('/pay', async (request, reply) => {
      limits.assertNoStray(request.ip);
      const body = request.body instanceof URLSearchParams ? request.body : [];
      const outcome = await receiveForm({ ...parts, limits }, body);
      if (outcome.kind !== 'ACCEPTED') {
        limits.strayed(request.ip);
        return refuse(request, reply, outcome.kind, outcome.kind === 'FAULTY' ? outcome.issues : []);
      }
      return seeOther(reply, `${pages.base}/${tokenOf(parts.links.make(outcome.order))}`);
    });
    // Whatever follows: a parameter of the router's may have 100 characters, and a link that was spoilt may have more.
    app.get('/pay/*', visited);
    app.post('/pay/*', visited);
  };
}

const REFUSAL_OF: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'NOT_A_FORM',
  FST_ERR_CTP_BODY_TOO_LARGE: 'TOO_LARGE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'FAULTY',
  RATE_LIMITED: 'TOO_MANY',
};

/** A link that was altered, or guessed. Who has a good one is not held up by who has not. */
function stray({ ip }: FastifyRequest, limits: PageLimits): void {
  limits.assertNoStray(ip);
  limits.strayed(ip);
}

/** The order's own page, from wherever on it; a form can only be sent again where it came from. */
function placeOf(request: FastifyRequest, base: string): string | null {
  const { '*': rest = '' } = request.params as { readonly '*'?: string };
  const [token = ''] = rest.split('/');
  const { lang } = request.query as { readonly lang?: unknown };
  const query = typeof lang === 'string' ? `?${new URLSearchParams({ lang })}` : '';
  return token === '' ? null : `${base}/${encodeURIComponent(token)}${query}`;
}

/** Forms of browsers, and no other body. */
function readForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(FORM, { parseAs: 'buffer', bodyLimit: FORM_MAX_BYTES }, (_request, body, done) =>
    done(null, new URLSearchParams(body.toString('utf8'))),
  );
}

/** No order is known yet that would say it. */
function languageOf(request: FastifyRequest): PageLanguage {
  const { lang } = request.query as { readonly lang?: unknown };
  return languageFor({ chosen: lang, ofOrder: null, accepted: request.headers['accept-language'] });
}

function tokenOf(link: string): string {
  return link.slice(link.lastIndexOf('/') + 1);
}
