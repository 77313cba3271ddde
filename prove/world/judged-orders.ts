import { cursorOf } from '../../src/platform/events/event-cursor.js';
import { booksAgree, booksOf, ordersOf, rowsOf, unsettled } from '../../test/reliability/orders/books.js';
import type { Product, Shop } from '../../test/support/product.js';

const LOOK_EVERY_MS = 250;

/** Waits until nothing of these shops is on its way any more; how many seconds that took, or null where it did not come. */
export async function secondsToSettle(
  product: Product,
  shops: readonly Shop[],
  withinMs: number,
): Promise<number | null> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    const open = await Promise.all(shops.map((shop) => unsettled(product, shop)));
    if (open.every((each) => each.length === 0)) return (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}

export interface Told {
  /** Numbers of orders that the shop was told are accepted. */
  readonly accepted: ReadonlySet<string>;
  /** Of those that it was told nothing of: there or not, but if there then whole. */
  readonly unanswered?: ReadonlySet<string>;
}

/** What of a shop's orders, each a sale, is not as it was told: here, or at the payment system. */
export async function misjudged(product: Product, shop: Shop, told: Told): Promise<readonly string[]> {
  const [orders, books] = await Promise.all([ordersOf(product, shop), booksOf(product, shop)]);
  const found = new Map<string, number>();
  for (const { order_number: number } of orders) found.set(number, (found.get(number) ?? 0) + 1);
  const lost = [...told.accepted].filter((number) => !found.has(number)).map((number) => `${number} is lost`);
  const doubled = [...found].filter(([, times]) => times > 1).map(([number, times]) => `${number} is there ${times} ×`);
  const invented = [...found.keys()]
    .filter((number) => !told.accepted.has(number) && !told.unanswered?.has(number))
    .map((number) => `${number} is there, and was refused`);
  const unpaid = orders
    .filter(({ status, captured, amount }) => status !== 'CAPTURED' || captured !== amount)
    .map((order) => `${order.order_number} is ${order.status}: ${order.captured} of ${order.amount} are paid`);
  const paid = books.payments.filter(({ status }) => status === 'succeeded').length;
  const other = paid === orders.length ? [] : [`${orders.length} orders, and ${paid} payments at the payment system`];
  return [...lost, ...doubled, ...invented, ...unpaid, ...other, ...(await booksAgree(product, shop, books))];
}

/** The cursors of all changes of a shop's orders, as the log has them. */
export async function logOf(product: Product, shop: Shop): Promise<readonly string[]> {
  const rows = await rowsOf<{ transaction: string; sequence: bigint }>(
    product,
    shop,
    `select transaction_id::text as transaction, sequence from events
     where operator_id = $1 and $2::uuid is not null and type = 'order.status_changed'
     order by transaction_id, sequence`,
  );
  return rows.map(({ transaction, sequence }) => cursorOf({ transactionId: BigInt(transaction), sequence }));
}
