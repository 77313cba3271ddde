import { termsDigest } from './consent-of.js';
import { consentSentences } from './domain/consent.js';
import type { Said } from './domain/texts.js';
import { Layout } from './layout.js';
import { Amount, OrderSummary } from './order-summary.js';
import type { OrderView } from './order-view.js';
import { amountOf, namedSystems, type PageContext, shopUrl, systemName } from './page-context.js';

/** What is to be known before the next try, what went wrong with the last one, or why there can be no other. */
export interface Notice {
  readonly kind: 'note' | 'problem' | 'end';
  readonly said: Said;
}

export interface OrderPageProps {
  readonly view: OrderView;
  readonly page: PageContext;
  readonly notice?: Notice | null;
}

/** The page on which a payer looks at an order, chooses how to pay it, and goes on to the payment system. */
export function OrderPage({ view, page, notice }: OrderPageProps) {
  const { texts, path } = page;
  const { name } = view.seller;
  const back = shopUrl(view);
  return (
    <Layout
      {...page}
      title={texts.pageTitle(name)}
      inLanguage={(language) => `${path}?lang=${language}`}
      testMode={view.order.mode === 'TEST'}
    >
      <h1>{texts.payTo(name)}</h1>
      <Amount view={view} page={page} />
      {notice && (
        <div class={`notice ${notice.kind}`} role={notice.kind === 'note' ? 'status' : 'alert'}>
          {notice.said.title && <p class="notice-title">{notice.said.title}</p>}
          <p>{notice.said.text}</p>
        </div>
      )}
      <OrderSummary view={view} page={page} due />
      {notice?.kind !== 'end' && <Onward view={view} page={page} />}
      <p class="quiet">
        <a href={`${path}/cancel${page.query}`}>{texts.cancel}</a>
        {back && <a href={back}>{texts.backToShop(name)}</a>}
      </p>
    </Layout>
  );
}

function Onward({ view, page }: OrderPageProps) {
  return view.authentication === null ? (
    <PayForm view={view} page={page} />
  ) : (
    <Authentication view={view} page={page} url={view.authentication} />
  );
}

/**
 * A link and no form: the bank's page is anybody's, so the policy cannot name
 * it, and a browser that holds a form to where it is redirected would stop
 * there. What is agreed to was agreed to at the shop, and is shown once more.
 */
function Authentication({ view, page, url }: OrderPageProps & { readonly url: string }) {
  return (
    <>
      {view.consent && <Consent view={view} page={page} isAsked={false} />}
      <p class="hint">{page.texts.authenticateHint}</p>
      <a class="button" href={url}>
        {page.texts.authenticate}
      </a>
    </>
  );
}

/**
 * The button that leads on. There is nothing to forge across sites: no cookie
 * says who somebody is, and the address itself is what allows to pay.
 */
function PayForm({ view, page }: OrderPageProps) {
  const { texts } = page;
  const { order, seller, consent } = view;
  return (
    <form method="post" action={`${page.path}/checkout${page.query}`}>
      <Choice view={view} page={page} />
      {consent && <Consent view={view} page={page} isAsked />}
      {order.captureMode === 'MANUAL' && order.amount > 0n && <p class="hint">{texts.heldFirst(seller.name)}</p>}
      {order.saveCredential && !consent && <p class="hint">{texts.cardIsKept(seller.name)}</p>}
      <button type="submit">{buttonText(view, page)}</button>
      <p class="hint lock">{texts.leadsTo(systemName())}</p>
    </form>
  );
}

function buttonText({ order, consent }: OrderView, page: PageContext): string {
  const { texts } = page;
  if (order.amount === 0n) return consent ? texts.agreeAndCheck : texts.check;
  const amount = amountOf(order, order.amount, page);
  return consent ? texts.agreeAndPay(amount) : texts.pay(amount);
}

function Choice({ view, page }: OrderPageProps) {
  const { order, choice } = view;
  if (choice.length === 0) return null;
  const chosen = choice.some(({ id }) => id === order.accountId) ? order.accountId : choice[0]?.id;
  return (
    <fieldset>
      <legend>{page.texts.chooseSystem}</legend>
      {namedSystems(choice, page).map(({ id, name }, index) => (
        <label key={id} class="option">
          <input type="radio" name="account" value={id} required checked={choice[index]?.id === chosen} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Consent({ view, page, isAsked }: OrderPageProps & { readonly isAsked: boolean }) {
  const { consent, seller } = view;
  const texts = page.texts.consent;
  if (!consent) return null;
  return (
    <section class="consent" aria-labelledby="consent">
      <h2 id="consent">{texts.heading}</h2>
      <ul>
        {consentSentences(consent, seller.name, page.language).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {isAsked && (
        <>
          <input type="hidden" name="terms" value={termsDigest(consent)} />
          <label class="option">
            <input type="checkbox" name="consent" value="yes" required />
            <span>{texts.accept}</span>
          </label>
        </>
      )}
    </section>
  );
}
