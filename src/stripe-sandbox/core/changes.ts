import { types } from 'node:util';
import type { Shelf } from './shelf.js';
import type { Account, Book, Delivery, SavedReply } from './state.js';
import type { DueEffect } from './timetable.js';

/** What is kept of the sandbox. */
export interface State {
  offsetMs: number;
  accounts: Account[];
  revokedKeys: string[];
  effects: DueEffect[];
}

interface PartChanges {
  readonly accountId: string;
  readonly livemode: boolean;
  readonly part: keyof Book;
  /** Of a shelf: what stands at a place now. Of a map or set: what belongs to a key now. */
  readonly put: [key: number | string, value: unknown][];
  readonly gone: (number | string)[];
}

/** What is different from a state that was kept before. */
export interface Changes {
  readonly offsetMs: number;
  readonly revokedKeys: string[];
  readonly accounts: Omit<Account, 'test' | 'live'>[];
  readonly parts: PartChanges[];
  readonly newEffects: DueEffect[];
  readonly goneEffects: DueEffect[];
}

/** Tells one content of an entry from another. Objects are replaced when they change, but for these two kinds. */
function stampOf(part: string, value: unknown): unknown {
  if (part === 'savedReplies') return (value as SavedReply).status;
  return part === 'deliveries' ? (value as Delivery).attempts : value;
}

type AnyShelf = Shelf<{ id: string }>;

function isShelf(part: object): part is AnyShelf {
  return 'things' in part;
}

/** A map, or a set as a map. Not by `instanceof`: what was read may come from another realm, as in tests. */
function* entriesOf(part: object): Generator<[string, unknown]> {
  if (types.isMap(part)) yield* part as Map<string, unknown>;
  else for (const key of part as Set<string>) yield [key, true];
}

/** A part of a book that holds things; the rest only says whose it is. */
function partsOf(book: Book): [keyof Book, object][] {
  return (Object.entries(book) as [keyof Book, object][]).filter(([, part]) => typeof part === 'object');
}

/**
 * Remembers what was kept, by reference, and so finds what changed since: for
 * a hundred thousand objects a look at each reference, and no copy of any.
 */
export class ChangeFinder {
  /** By place: looked at the most, so they are plain arrays. */
  readonly #shelves = new Map<string, unknown[]>();
  readonly #entries = new Map<string, Map<string, unknown>>();
  #effects: ReadonlySet<DueEffect> = new Set();
  #rest = '';

  /** Null when there are none. The answer is taken for kept from now on. */
  take({ offsetMs, accounts, revokedKeys, effects }: State): Changes | null {
    const heads = accounts.map(({ test: _test, live: _live, ...head }) => head);
    const parts = accounts.flatMap(({ test, live }) => [...this.#takeBook(test), ...this.#takeBook(live)]);
    const rest = JSON.stringify([offsetMs, heads, revokedKeys]);
    const now = new Set(effects);
    const newEffects = effects.filter((effect) => !this.#effects.has(effect));
    const goneEffects = [...this.#effects].filter((effect) => !now.has(effect));
    const isNew = parts.length + newEffects.length + goneEffects.length > 0 || rest !== this.#rest;
    this.#effects = now;
    this.#rest = rest;
    return isNew ? { offsetMs, revokedKeys, accounts: heads, parts, newEffects, goneEffects } : null;
  }

  #takeBook(book: Book): PartChanges[] {
    const { accountId, livemode } = book;
    return partsOf(book)
      .map(([part, content]) => ({ accountId, livemode, part, ...this.#takePart(book, part, content) }))
      .filter(({ put, gone }) => put.length + gone.length > 0);
  }

  #takePart(book: Book, part: keyof Book, content: object): Pick<PartChanges, 'put' | 'gone'> {
    const name = `${book.accountId} ${book.livemode} ${part}`;
    if (isShelf(content)) return { put: takeShelf(keptAs(this.#shelves, name, []), content), gone: [] };
    return takeEntries(keptAs(this.#entries, name, new Map()), part, content);
  }
}

function keptAs<Kept>(all: Map<string, Kept>, name: string, none: Kept): Kept {
  const kept = all.get(name) ?? none;
  all.set(name, kept);
  return kept;
}

function takeShelf(kept: unknown[], { things }: AnyShelf): PartChanges['put'] {
  const put: PartChanges['put'] = [];
  for (let place = 0; place < things.length; place += 1) {
    if (place < kept.length && kept[place] === things[place]) continue;
    kept[place] = things[place];
    put.push([place, things[place]]);
  }
  return put;
}

function takeEntries(kept: Map<string, unknown>, part: string, content: object): Pick<PartChanges, 'put' | 'gone'> {
  const put: PartChanges['put'] = [];
  let count = 0;
  for (const [key, value] of entriesOf(content)) {
    count += 1;
    const stamp = stampOf(part, value);
    if (kept.has(key) && kept.get(key) === stamp) continue;
    kept.set(key, stamp);
    put.push([key, value]);
  }
  if (kept.size === count) return { put, gone: [] };
  const there = new Set([...entriesOf(content)].map(([key]) => key));
  const gone = [...kept.keys()].filter((key) => !there.has(key));
  for (const key of gone) kept.delete(key);
  return { put, gone };
}

/** Brings a state that was read to where it was when the changes were taken. */
export function applyChanges(state: State, changes: Changes, emptyBook: (id: string, livemode: boolean) => Book): void {
  state.offsetMs = changes.offsetMs;
  state.revokedKeys = changes.revokedKeys;
  for (const head of changes.accounts) {
    const known = state.accounts.find(({ id }) => id === head.id);
    if (known) Object.assign(known, head);
    else state.accounts.push({ ...head, test: emptyBook(head.id, false), live: emptyBook(head.id, true) });
  }
  for (const change of changes.parts) {
    const account = state.accounts.find(({ id }) => id === change.accountId);
    if (account) applyToPart((change.livemode ? account.live : account.test)[change.part], change);
  }
  if (changes.goneEffects.length > 0) state.effects = without(state.effects, changes.goneEffects);
  state.effects.push(...changes.newEffects);
}

function without(effects: readonly DueEffect[], gone: readonly DueEffect[]): DueEffect[] {
  const left = gone.map((effect) => JSON.stringify(effect));
  return effects.filter((effect) => {
    const place = left.indexOf(JSON.stringify(effect));
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

function applyToPart(part: Book[keyof Book], { put, gone }: PartChanges): void {
  if (typeof part !== 'object') return;
  if (isShelf(part)) {
    applyToShelf(part, put);
    return;
  }
  const entries = part as Map<unknown, unknown> | Set<unknown>;
  for (const key of gone) entries.delete(key);
  for (const [key, value] of put) {
    if ('set' in entries) entries.set(key, value);
    else entries.add(key);
  }
}

/** Places are never given away again: what is removed leaves its place empty. */
function applyToShelf(shelf: AnyShelf, put: PartChanges['put']): void {
  for (const [key, thing] of put as [number, { id: string } | undefined][]) {
    const before = shelf.things[key];
    if (before) shelf.places.delete(before.id);
    shelf.things[key] = thing;
    if (thing) shelf.places.set(thing.id, key);
  }
}
