import type { Book, OrderedDecline } from '../core/state.js';
import { type Decline, declineNamed } from './declines.js';
import type { TestCard } from './test-cards.js';

/** A card or account that worked is refused from now on: for a number of attempts, or until that is taken back. */
export interface DeclineOrder {
  /** A decline code, such as `insufficient_funds`, or `authentication_required` for one that wants its holder. */
  code: string;
  advice_code?: NonNullable<Decline['advice']> | null;
  /** How many attempts are refused; all of them if not given. */
  times?: number;
}

export function orderDecline(book: Book, methodId: string, order: DeclineOrder | null): void {
  if (order === null) {
    book.declines.delete(methodId);
    return;
  }
  const { code, advice_code: advice, times } = order;
  if (times !== undefined && !(Number.isInteger(times) && times > 0))
    throw new RangeError('"times" must be 1 or more.');
  book.declines.set(methodId, { code, left: times ?? null, ...(advice !== undefined && { advice }) });
}

/** How the payment method is refused at present, by order. */
export function orderedDecline(book: Book, methodId: string): Decline | null {
  const order = book.declines.get(methodId);
  return order === undefined ? null : declineNamed(order.code, order.advice);
}

/** Counts an attempt that was refused by order. */
export function countDecline(book: Book, methodId: string): void {
  const order = book.declines.get(methodId);
  if (order === undefined || order.left === null) return;
  if (order.left <= 1) book.declines.delete(methodId);
  else book.declines.set(methodId, { ...order, left: order.left - 1 } satisfies OrderedDecline);
}

/** The card as it behaves under an order. One that wants its holder is paid from once the holder was asked. */
export function underOrder(card: TestCard, ordered: Decline | null): TestCard {
  if (ordered === null) return card;
  if (ordered.code === 'authentication_required') return { ...card, challenge: 'always' };
  return { ...card, decline: ordered, savable: false };
}
