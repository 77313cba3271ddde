import type { Notes } from './noted.js';
import { Shelf } from './shelf.js';
import { type Account, type Book, bookOf } from './state.js';
import type { DueEffect } from './timetable.js';

/** What is kept of the sandbox. */
export interface State {
  offsetMs: number;
  accounts: Account[];
  revokedKeys: string[];
  effects: DueEffect[];
}

export interface PartChanges {
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
  /** Those that changed, without their books. */
  readonly accounts: Omit<Account, 'test' | 'live'>[];
  readonly parts: PartChanges[];
  readonly newEffects: DueEffect[];
  readonly goneEffects: DueEffect[];
}

/** A state that was read, brought to where it was when the last of the changes were taken. */
export class Restoration {
  readonly #accounts = new Map<string, Account>();
  /** How often each is due: two webhooks of one delivery may be, at the same moment. */
  readonly #effects = new Map<string, { effect: DueEffect; times: number }>();
  #offsetMs: number;
  #revokedKeys: string[];

  constructor(
    whole: State,
    private readonly notes: Notes,
  ) {
    this.#offsetMs = whole.offsetMs;
    this.#revokedKeys = whole.revokedKeys;
    for (const { test, live, ...head } of whole.accounts) {
      // An older file says nothing of debits, which any account has unless it is told otherwise.
      const features = Object.assign({ sepa_debit: true }, head.features);
      this.#accounts.set(head.id, { ...head, features, test: bookOf(test, notes), live: bookOf(live, notes) });
    }
    for (const effect of whole.effects) this.#count(effect, 1);
  }

  apply({ offsetMs, revokedKeys, accounts, parts, newEffects, goneEffects }: Changes): void {
    this.#offsetMs = offsetMs;
    this.#revokedKeys = revokedKeys;
    for (const head of accounts) this.#applyHead(head);
    for (const change of parts) {
      const account = this.#accounts.get(change.accountId);
      if (account) applyToPart((change.livemode ? account.live : account.test)[change.part], change);
    }
    for (const effect of goneEffects) this.#count(effect, -1);
    for (const effect of newEffects) this.#count(effect, 1);
  }

  get state(): State {
    return {
      offsetMs: this.#offsetMs,
      accounts: [...this.#accounts.values()],
      revokedKeys: this.#revokedKeys,
      effects: [...this.#effects.values()].flatMap(({ effect, times }) =>
        Array.from({ length: times }, () => ({ ...effect })),
      ),
    };
  }

  #applyHead(head: Omit<Account, 'test' | 'live'>): void {
    const known = this.#accounts.get(head.id);
    const book = (livemode: boolean) => bookOf({ accountId: head.id, livemode }, this.notes);
    const { test = book(false), live = book(true) } = known ?? {};
    this.#accounts.set(head.id, { ...head, test, live });
  }

  #count(effect: DueEffect, by: 1 | -1): void {
    const name = JSON.stringify(effect);
    const times = (this.#effects.get(name)?.times ?? 0) + by;
    if (times > 0) this.#effects.set(name, { effect, times });
    else this.#effects.delete(name);
  }
}

function applyToPart(part: Book[keyof Book], { put, gone }: PartChanges): void {
  if (typeof part !== 'object') return;
  if (part instanceof Shelf) {
    part.restore(put as [number, never][]);
    return;
  }
  const entries = part as Map<unknown, unknown> | Set<unknown>;
  for (const key of gone) entries.delete(key);
  for (const [key, value] of put) {
    if ('set' in entries) entries.set(key, value);
    else entries.add(key);
  }
}
