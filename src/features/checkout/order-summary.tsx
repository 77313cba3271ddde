import type { OrderRow } from '../orders/index.js';
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
        {order.refunded > 0n && (
          <>
            <dt>{texts.givenBack}</dt>
            <dd class="number">{amountOf(order, order.refunded, page)}</dd>
          </>
        )}
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

/** The amount, large: once money was taken, that is what is told. Nothing for a check that takes no money. */
export function Amount({ view, page }: { view: OrderView; page: PageContext }) {
  const { order } = view;
  if (order.amount === 0n) return null;
  const { charged, amount } = page.texts;
  return (
    <p class="amount">
      <span class="visually-hidden">{order.captured > 0n ? charged : amount}: </span>
      {amountOf(order, amountNow(order), page)}
    </p>
  );
}

/** A shop may take less than it had held, and may have had more held than was ordered. */
function amountNow({ status, amount, authorized, captured, voided }: OrderRow): bigint {
  if (captured > 0n) return captured;
  return status === 'AUTHORIZED' ? authorized - voided : amount;
}
