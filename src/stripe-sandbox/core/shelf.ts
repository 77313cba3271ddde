import type { Note } from './noted.js';

/**
 * Objects of one kind in order of creation. They are never changed in place: a change puts
 * a new object in the old one's place, so an event's snapshot is the object itself and
 * costs no copy.
 */
export class Shelf<T extends { id: string }> {
  readonly places = new Map<string, number>();
  readonly things: (T | undefined)[] = [];
  /** Private, so that it is not kept with the rest. */
  readonly #note: Note;

  constructor(note: Note, things: readonly (T | undefined)[] = []) {
    this.#note = note;
    this.restore([...things.entries()]);
  }

  /** Puts the object, or nothing, in a place. */
  fill(place: number, thing: T | undefined): void {
    this.#note(place);
    this.things[place] = thing;
  }

  /** Puts in their places what was kept. Places are never given away again: what is removed leaves its own empty. */
  restore(kept: readonly (readonly [place: number, thing: T | undefined])[]): void {
    for (const [place, thing] of kept) {
      const before = this.things[place];
      if (before !== undefined) this.places.delete(before.id);
      this.things[place] = thing;
      if (thing !== undefined) this.places.set(thing.id, place);
    }
  }
}

export function find<T extends { id: string }>(shelf: Shelf<T>, id: string): T | undefined {
  const place = shelf.places.get(id);
  return place === undefined ? undefined : shelf.things[place];
}

/** Adds the object, or puts it in the place of the one with the same id. */
export function put<T extends { id: string }>(shelf: Shelf<T>, thing: T): T {
  const known = shelf.places.get(thing.id);
  const place = known ?? shelf.things.length;
  if (known === undefined) shelf.places.set(thing.id, place);
  shelf.fill(place, thing);
  return thing;
}

/** Puts a changed copy in the object's place. */
export function amend<T extends { id: string }>(shelf: Shelf<T>, thing: T, changes: Partial<T>): T {
  return put(shelf, { ...thing, ...changes });
}

export function remove<T extends { id: string }>(shelf: Shelf<T>, id: string): void {
  const place = shelf.places.get(id);
  if (place === undefined) return;
  shelf.fill(place, undefined);
  shelf.places.delete(id);
}

export function count<T extends { id: string }>(shelf: Shelf<T>): number {
  return shelf.places.size;
}

/** The newest first, from (not including) the place of `after`. */
export function* newestFirst<T extends { id: string }>(shelf: Shelf<T>, after?: string): Generator<T> {
  const from = after === undefined ? shelf.things.length : (shelf.places.get(after) ?? 0);
  for (let place = from - 1; place >= 0; place -= 1) {
    const thing = shelf.things[place];
    if (thing !== undefined) yield thing;
  }
}

/** The oldest first, from (not including) the place of `before`: what `ending_before` walks. */
export function* oldestFirst<T extends { id: string }>(shelf: Shelf<T>, before: string): Generator<T> {
  const from = shelf.places.get(before) ?? shelf.things.length;
  for (let place = from + 1; place < shelf.things.length; place += 1) {
    const thing = shelf.things[place];
    if (thing !== undefined) yield thing;
  }
}
