import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VNode } from 'preact';
import { DomainError, type ProblemCode } from '../../kernel/errors.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import { issueClientToken } from '../../platform/secrets/client-token.js';
import { abandonOrder, type LinkedOrder, type OpenedPage, OpenedTooOften, type PageWanted } from '../orders/index.js';
import { CancelPage } from './cancel-page.js';
import { askedAgain, checkoutForm } from './checkout-form.js';
import type { CheckoutParts } from './checkout-parts.js';
import { consentSentences } from './domain/consent.js';
import { languageFor, languageOf } from './domain/language.js';
import { isInMotion, lookAgainAfter, type PageState, pageState } from './domain/page-state.js';
import type { Said, Texts } from './domain/texts.js';
import { openPage } from './open-page.js';
import { type Notice, OrderPage } from './order-page.js';
import { type OrderView, orderView } from './order-view.js';
import { html, pageHeaders, seeOther } from './page-answer.js';
import { type PageContext, pageContext } from './page-context.js';
import { refusalOfPage } from './page-refusal.js';
import { RecentLooks } from './recent-looks.js';
import { RefusalPage } from './refusal-page.js';
import { StatusPage, type StatusPageProps, type Watching } from './status-page.js';

/** A payer who sees a page out longer than this is shown what is new when they load it again. */
const WATCHED_SECONDS = 15 * 60;

/** One request about one order. */
export interface Visit {
  readonly linked: LinkedOrder;
  readonly token: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The pages of one order, for a payer who has its link. Null where there is no such order. */
export class OrderPages {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #looks: RecentLooks;

  constructor(private readonly parts: CheckoutParts) {
    this.#base = `${new URL(parts.publicUrl).pathname.replace(/\/+$/, '')}/pay`;
    this.#headers = pageHeaders(parts);
    this.#looks = new RecentLooks(parts.carriers);
  }

  get base(): string {
    return this.#base;
  }

  send(reply: FastifyReply, status: number, page: VNode): FastifyReply {
    return reply.code(status).headers(this.#headers).send(html(page));
  }

  /** `GET /pay/<token>`: what is to be paid; once there is nothing to pay, how it stands. */
  async show(visit: Visit): Promise<FastifyReply | null> {
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const { texts } = this.#page(visit, view);
    return this.#orderPage(visit, view, lastTry(view, texts, queryOf(visit).note === 'unpaid'));
  }

  /** `POST /pay/<token>/checkout`: on to the payment system. */
  async checkOut(visit: Visit): Promise<FastifyReply | null> {
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const page = this.#page(visit, view);
    const form = checkoutForm(visit.request.body);
    if (!isPayable(view) && !view.isOpening) return seeOther(visit.reply, `${page.path}${page.query}`);
    if (view.seller.suspended) return this.#suspended(visit, page);
    // Its page has a link on and no form; a form that is older than the payment leads to it.
    if (view.authentication !== null) return seeOther(visit.reply, `${page.path}${page.query}`);
    const asked = askedAgain(view, form, page.texts);
    if (asked !== null) return this.#problem(visit, view, 422, { title: '', text: asked });
    try {
      const opened = await openPage(this.parts.carriers, this.#wanted(visit, view, page, form.account));
      const { url, file } = opened;
      if (url === null && file.order.status === 'CREATED') return this.#notOpened(visit, view, opened);
      return seeOther(visit.reply, url ?? `${page.path}${page.query}`);
    } catch (error) {
      return this.#refused(visit, error);
    }
  }

  /** `GET /pay/<token>/return`: the payment system sent the payer back. That proves nothing, so it is asked. */
  async comeBack(visit: Visit): Promise<FastifyReply | null> {
    const { live, look } = queryOf(visit);
    const looks = Math.max(0, Number.parseInt(look, 10) || 0);
    const looksNow = live === '' && lookAgainAfter(looks) !== null;
    if (looksNow) await this.#looks.look(visit.linked);
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const state = stateOf(view, true);
    if (state !== 'PAYABLE') return this.#statusPage(visit, view, { state, place: '/return', looks });
    return this.#orderPage(visit, view, lastTry(view, this.#page(visit, view).texts, true));
  }

  /** `GET /pay/<token>/cancel`: whether the payer means it. */
  async askWhetherToCancel(visit: Visit): Promise<FastifyReply | null> {
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const page = this.#page(visit, view);
    if (!isPayable(view)) return seeOther(visit.reply, `${page.path}${page.query}`);
    return this.send(visit.reply, 200, <CancelPage view={view} page={page} />);
  }

  /** `POST /pay/<token>/cancel`: gives the order up. One that is paid meanwhile stays paid, and is shown so. */
  async cancel(visit: Visit): Promise<FastifyReply | null> {
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const page = this.#page(visit, view);
    try {
      await abandonOrder(this.parts.carriers, visit.linked);
    } catch (error) {
      return this.#refused(visit, error);
    }
    return seeOther(visit.reply, `${page.path}${page.query}`);
  }

  #page({ request, token }: Visit, { order }: OrderView): PageContext {
    const { lang } = queryOf({ request });
    const chosen = languageOf(lang);
    const language = languageFor({ chosen, ofOrder: order.language, accepted: request.headers['accept-language'] });
    return pageContext(language, this.#base, token, chosen !== null);
  }

  #wanted(visit: Visit, view: OrderView, page: PageContext, account: string | null): PageWanted {
    const { seller, consent, order } = view;
    const address = `${this.parts.publicUrl}/pay/${visit.token}`;
    return {
      ...visit.linked,
      accountId: account === null ? null : uuidOf('paymentSystemAccount', account),
      language: page.language,
      title: `${seller.name} – ${view.shopNumber ?? order.billNumber}`,
      returnUrl: `${address}/return${page.query}`,
      cancelUrl: `${address}?${new URLSearchParams({ ...(page.query && { lang: page.language }), note: 'unpaid' })}`,
      consent: consent && consentSentences(consent, seller.name, page.language).join(' '),
    };
  }

  /** Nothing was begun: the order is shown as it is, with why. */
  async #refused(visit: Visit, error: unknown): Promise<FastifyReply | null> {
    if (!(error instanceof DomainError)) throw error;
    const view = await orderView(this.parts, visit.linked);
    if (!view) return null;
    const { texts } = this.#page(visit, view);
    if (error instanceof OpenedTooOften) {
      return this.#orderPage(visit, view, { kind: 'end', said: texts.openedTooOften }, 409);
    }
    const { status, said } = TROUBLE[error.code] ?? { status: 409, said: 'unpayable' };
    // Nothing that a payer did: somebody has to hear of it who can mend it.
    if (said === 'unpayable') this.parts.onFailure(error);
    return this.#problem(visit, view, status, texts[said]);
  }

  /** Nothing has begun: a refusal that stays is somebody's to mend, who has to hear of it. */
  #notOpened(visit: Visit, view: OrderView, opened: OpenedPage): Promise<FastifyReply> {
    const { texts } = this.#page(visit, view);
    const refusal = refusalOfPage(opened);
    if (!refusal) return this.#problem(visit, view, 503, texts.unavailable);
    this.parts.onFailure(refusal);
    return this.#problem(visit, view, 409, texts.notAccepted);
  }

  #problem(visit: Visit, view: OrderView, status: number, said: Said): Promise<FastifyReply> {
    return this.#orderPage(visit, view, { kind: 'problem', said }, status);
  }

  async #orderPage(visit: Visit, view: OrderView, notice: Notice | null, status = 200): Promise<FastifyReply> {
    const page = this.#page(visit, view);
    const state = stateOf(view);
    if (state !== 'PAYABLE') return this.#statusPage(visit, view, { state, place: '', looks: lookOf(visit) });
    if (view.seller.suspended) return this.#suspended(visit, page);
    return this.send(visit.reply, status, <OrderPage view={view} page={page} notice={notice} />);
  }

  #suspended({ reply }: Visit, { language, base }: PageContext): FastifyReply {
    return this.send(reply, 503, <RefusalPage refusal="SUSPENDED" language={language} base={base} />);
  }

  async #statusPage(
    visit: Visit,
    view: OrderView,
    { state, place, looks }: Pick<StatusPageProps, 'state' | 'place'> & { readonly looks: number },
  ): Promise<FastifyReply> {
    const page = this.#page(visit, view);
    const seconds = isInMotion(state) ? lookAgainAfter(looks) : null;
    const address = (more: Record<string, string>) =>
      `${page.path}${place}?${new URLSearchParams({ ...(page.query && { lang: page.language }), ...more })}`;
    const props = {
      view,
      page,
      state,
      place,
      watching: isInMotion(state) ? await this.#watching(view, address({ live: '1' })) : null,
      lookAgain: seconds === null ? null : { seconds, url: address({ look: String(looks + 1) }) },
    };
    return this.send(visit.reply, 200, <StatusPage {...props} />);
  }

  async #watching({ operatorId, order }: OrderView, url: string): Promise<Watching> {
    const { id: orderId, merchantId, mode } = order;
    const life = { expiresInSeconds: WATCHED_SECONDS, now: this.parts.units.clock.now() };
    const claims = { operatorId, orderId, page: { merchantId, mode } };
    return {
      token: await issueClientToken(this.parts.masterKeys, claims, life),
      socket: `${this.#base.slice(0, -'/pay'.length)}/graphql`,
      orderId: publicId('order', orderId),
      url,
    };
  }
}

/** What is told of refusals that are nobody's fault; all others are the shop's or its operator's to mend. */
const TROUBLE: Partial<Record<ProblemCode, { readonly status: number; readonly said: 'unavailable' | 'notPayable' }>> =
  {
    PAYMENT_SYSTEM_UNAVAILABLE: { status: 503, said: 'unavailable' },
    PAYMENT_SYSTEM_REJECTED_KEYS: { status: 503, said: 'unavailable' },
    OUTCOME_PENDING: { status: 409, said: 'notPayable' },
  };

function stateOf(view: OrderView, cameBack = false): PageState {
  return pageState(view.order.status, { ...view, cameBack });
}

function isPayable(view: OrderView): boolean {
  return stateOf(view) === 'PAYABLE';
}

/** What became of the last try, for who comes to pay again. */
function lastTry({ wasDeclined }: OrderView, texts: Texts, cameBack: boolean): Notice | null {
  if (wasDeclined) return { kind: 'problem', said: texts.lastDeclined };
  return cameBack ? { kind: 'note', said: { title: '', text: texts.nothingPaid } } : null;
}

type Query = Readonly<Record<'lang' | 'note' | 'live' | 'look', string>>;

/** Given twice, a parameter is a list; then it says nothing. */
function queryOf({ request }: Pick<Visit, 'request'>): Query {
  const query = request.query as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  return { lang: text('lang'), note: text('note'), live: text('live'), look: text('look') };
}

function lookOf(visit: Visit): number {
  return Math.max(0, Number.parseInt(queryOf(visit).look, 10) || 0);
}
