import { Layout } from './layout.js';
import { Amount, OrderSummary } from './order-summary.js';
import type { OrderView } from './order-view.js';
import type { PageContext } from './page-context.js';

/** Asks once more: a cancelled order cannot be paid any more. */
export function CancelPage({ view, page }: { view: OrderView; page: PageContext }) {
  const { texts, path, query } = page;
  const { name } = view.seller;
  return (
    <Layout
      {...page}
      title={`${texts.cancelTitle} – ${name}`}
      inLanguage={(language) => `${path}/cancel?lang=${language}`}
      testMode={view.order.mode === 'TEST'}
    >
      <h1>{texts.cancelTitle}</h1>
      <p>{texts.cancelText(name)}</p>
      <Amount view={view} page={page} />
      <OrderSummary view={view} page={page} />
      <form method="post" action={`${path}/cancel${query}`}>
        <button type="submit" class="danger">
          {texts.cancelYes}
        </button>
      </form>
      <p class="quiet">
        <a href={`${path}${query}`}>{texts.cancelNo}</a>
      </p>
    </Layout>
  );
}
