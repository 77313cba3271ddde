import { momentText } from './domain/amount-text.js';
import type { OrderView } from './order-view.js';
import { amountOf, type PageContext } from './page-context.js';

/** What is paid, to whom, and under which numbers both know it. */
export function OrderSummary({ view, page, due }: { view: OrderView; page: PageContext; due?: boolean }) {
  const { order, seller, shopNumber } = view;
  const { language, texts } = page;
  return (
    <section class="summary" aria-label={texts.details}>
      <dl>
        {order.description && (
          <>
            <dt>{texts.description}</dt>
            <dd class="multiline">{order.description}</dd>
          </>
        )}
        {shopNumber !== null && (
          <>
            <dt>{texts.orderNumber}</dt>
            <dd>{shopNumber}</dd>
          </>
        )}
        <dt>{texts.billNumber}</dt>
        <dd class="number">{order.billNumber}</dd>
        {due && order.expiresAt && (
          <>
            <dt>{texts.payBy}</dt>
            <dd>
              <time datetime={order.expiresAt.toISOString()}>
                {momentText(order.expiresAt, language, seller.timeZone)}
              </time>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** The amount, large; nothing for a check that takes no money. */
export function Amount({ view, page }: { view: OrderView; page: PageContext }) {
  if (view.order.amount === 0n) return null;
  return (
    <p class="amount">
      <span class="visually-hidden">{page.texts.amount}: </span>
      {amountOf(view.order, page.language)}
    </p>
  );
}
