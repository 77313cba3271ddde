import { isInMotion, type PageState } from './domain/page-state.js';
import { Layout } from './layout.js';
import { Amount, OrderSummary } from './order-summary.js';
import type { OrderView } from './order-view.js';
import { type PageContext, shopUrl } from './page-context.js';

/** How a page hears of changes while somebody looks at it. */
export interface Watching {
  /** A token for this one order, some minutes long. */
  readonly token: string;
  readonly socket: string;
  readonly orderId: string;
  /** Where the page fetches itself anew. */
  readonly url: string;
}

export interface StatusPageProps {
  readonly view: OrderView;
  readonly page: PageContext;
  readonly state: Exclude<PageState, 'PAYABLE'>;
  /** `return` where the payer has come back to, empty for the order's own address. */
  readonly place: '' | '/return';
  readonly watching: Watching | null;
  readonly lookAgain: { readonly seconds: number; readonly url: string } | null;
}

/** How an order stands of which there is nothing to pay, or not now. It changes by itself while there may be news. */
export function StatusPage({ view, page, state, place, watching, lookAgain }: StatusPageProps) {
  const { texts, path } = page;
  const { name } = view.seller;
  const said = texts.states[state](name);
  return (
    <Layout
      {...page}
      title={`${said.title} – ${name}`}
      inLanguage={(language) => `${path}${place}?lang=${language}`}
      testMode={view.order.mode === 'TEST'}
      lookAgain={lookAgain}
      live={watching !== null}
    >
      <div id="state" class={`state ${state.toLowerCase()}`} role="status" data-state={state}>
        <span class="mark" aria-hidden="true" />
        <h1>{said.title}</h1>
        <p>{said.text}</p>
        {isInMotion(state) && <p class="hint">{texts.waiting}</p>}
      </div>
      <p class="to">{texts.payTo(name)}</p>
      <div id="money">
        <Amount view={view} page={page} />
        <OrderSummary view={view} page={page} />
      </div>
      <Onward view={view} page={page} state={state} />
      {watching && (
        <div
          id="live"
          hidden
          data-token={watching.token}
          data-socket={watching.socket}
          data-order={watching.orderId}
          data-url={watching.url}
        />
      )}
    </Layout>
  );
}

function Onward({ view, page, state }: Pick<StatusPageProps, 'view' | 'page' | 'state'>) {
  const { texts, path, query } = page;
  const back = shopUrl(view);
  return (
    <div id="onward">
      {back ? (
        <a class={state === 'CONFIRMING' ? 'button secondary' : 'button'} href={back}>
          {texts.backToShop(view.seller.name)}
        </a>
      ) : (
        <p class="hint">{texts.closePage}</p>
      )}
      {state === 'CONFIRMING' && (
        <p class="quiet">
          <a href={`${path}${query}`}>{texts.continuePaying}</a>
        </p>
      )}
    </div>
  );
}
