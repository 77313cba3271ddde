import type { EventPlace } from './payment-system.js';

/** As many objects as one page of ours has; the next page goes on from there. */
export const PAGE_MAX = 500;

/** A part of a long list, the oldest first on whatever way, and where the next part begins. */
export interface Stretch<Item> {
  readonly items: readonly Item[];
  /** Null when there is none. */
  readonly next: EventPlace | null;
}

/** The filter of a list that begins at a place; towards the oldest nothing is asked for from before `since`. */
export function beginningAt(place: EventPlace, since: Date) {
  if ('after' in place) return { ending_before: place.after };
  const created = { gte: Math.floor(since.getTime() / 1000) };
  return place.before === null ? { created } : { created, starting_after: place.before };
}

/** The SDK walks on from the place, so the last object is where the next part begins. */
export async function stretchOf<Item extends { readonly id: string }>(
  list: AsyncIterable<Item>,
  place: EventPlace,
  max: number,
): Promise<Stretch<Item>> {
  const items: Item[] = [];
  for await (const item of list) {
    items.push(item);
    if (items.length === max) break;
  }
  const last = items.length < max ? undefined : items.at(-1)?.id;
  if ('after' in place) return { items, next: last === undefined ? null : { after: last } };
  return { items: items.toReversed(), next: last === undefined ? null : { before: last } };
}
