import type { Product, Shop } from '../../support/product.js';
import { booksAgree, rowsOf } from '../orders/books.js';

/** What is wrong with a shop, whatever happened to it: an empty list is what an incident has to leave behind. */
export async function disagreements(product: Product, shop: Shop): Promise<readonly string[]> {
  const [books, ledger, history] = await Promise.all([
    booksAgree(product, shop),
    ledgerDisagrees(product, shop),
    historyDisagrees(product, shop),
  ]);
  // A check of a means of payment takes no money and is in no book.
  return [...books.filter((each) => !each.includes('Stripe has no seti_')), ...ledger, ...history];
}

/** The operator's ledger nets to nothing, and has of each order what the order has taken and given back. */
async function ledgerDisagrees(product: Product, shop: Shop): Promise<readonly string[]> {
  const rows = await rowsOf<{ what: string }>(
    product,
    shop,
    `select 'the ledger nets to ' || sum(amount_minor) || ' ' || currency as what
     from ledger_entries where operator_id = $1 and $2::uuid is not null group by currency having sum(amount_minor) <> 0
     union all
     select o.order_number || ': ' || o.captured_minor || ' - ' || o.refunded_minor || ' in the order, '
       || coalesce(p.net, 0) || ' in the ledger'
     from orders o left join (
       select l.order_id, -sum(e.amount_minor) filter (where e.account = 'CLEARING') as net
       from ledger_postings l join ledger_entries e on e.operator_id = l.operator_id and e.posting_id = l.id
       where l.operator_id = $1 and l.kind in ('CAPTURE', 'REFUND') group by l.order_id) p on p.order_id = o.id
     where o.operator_id = $1 and o.merchant_id = $2 and o.captured_minor - o.refunded_minor <> coalesce(p.net, 0)`,
  );
  return rows.map(({ what }) => what);
}

/** The events of each order lead from one status to the next, and to the one that it has: none missing, none twice. */
async function historyDisagrees(product: Product, shop: Shop): Promise<readonly string[]> {
  const rows = await rowsOf<{ what: string }>(
    product,
    shop,
    `with told as (
       select subject_id, sequence, payload->>'previousStatus' as before, payload->>'status' as status,
         lag(payload->>'status') over (partition by subject_id order by sequence) as last,
         lead(sequence) over (partition by subject_id order by sequence) is null as is_newest
       from events where operator_id = $1 and type = 'order.status_changed')
     select o.order_number || ': told ' || coalesce(t.before, 'nothing') || ' > ' || t.status || ' after '
       || coalesce(t.last, 'nothing') || ', and it is ' || o.status as what
     from told t join orders o on o.operator_id = $1 and o.id = t.subject_id
     where o.merchant_id = $2
       and (t.before is distinct from t.last or t.before = t.status or t.is_newest and t.status <> o.status)`,
  );
  return rows.map(({ what }) => what);
}
