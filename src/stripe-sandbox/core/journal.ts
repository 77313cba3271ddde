import type { Changes, PartChanges } from './changes.js';
import type { Note, Notes } from './noted.js';
import { Shelf } from './shelf.js';
import type { Account, Book } from './state.js';
import type { DueEffect } from './timetable.js';

interface Touched {
  readonly accountId: string;
  readonly livemode: boolean;
  readonly part: keyof Book;
  readonly keys: Set<string | number>;
}

/** Where the journal looks up what it only knows the names of. */
export interface Source {
  readonly offsetMs: number;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly revokedKeys: string[];
}

/**
 * Names what was touched since the last save. It says nothing of what is read in the
 * beginning, and of nothing at all where no state is kept.
 */
export class Journal implements Notes {
  readonly #parts = new Set<Touched>();
  readonly #accounts = new Set<string>();
  readonly #newEffects = new Set<DueEffect>();
  readonly #goneEffects = new Set<DueEffect>();
  #isClean = true;
  #stirred: (() => void) | null = null;

  /** From now on `stirred` is called whenever there is something to save again. */
  begin(stirred: () => void): void {
    this.#stirred = stirred;
  }

  end(): void {
    this.#stirred = null;
    this.clear();
  }

  get isClean(): boolean {
    return this.#isClean;
  }

  noteFor(accountId: string, livemode: boolean, part: string): Note {
    const touched: Touched = { accountId, livemode, part: part as keyof Book, keys: new Set() };
    return (key) => {
      if (this.#stirred === null) return;
      touched.keys.add(key);
      this.#parts.add(touched);
      this.note();
    };
  }

  noteAccount(accountId: string): void {
    if (this.#stirred === null) return;
    this.#accounts.add(accountId);
    this.note();
  }

  noteEffect(effect: DueEffect): void {
    if (this.#stirred === null) return;
    this.#newEffects.add(effect);
    this.note();
  }

  noteEffectGone(effect: DueEffect): void {
    if (this.#stirred === null) return;
    if (!this.#newEffects.delete(effect)) this.#goneEffects.add(effect);
    this.note();
  }

  /** Something changed that is small enough to be kept whole: the clock, the revoked keys. */
  note(): void {
    if (!this.#isClean || this.#stirred === null) return;
    this.#isClean = false;
    this.#stirred();
  }

  /** What is to be saved; taken for saved from now on. Null when there is nothing. */
  take({ offsetMs, accounts, revokedKeys }: Source): Changes | null {
    if (this.#isClean) return null;
    const changes: Changes = {
      offsetMs,
      revokedKeys,
      accounts: [...this.#accounts].flatMap((id) => headOf(accounts.get(id))),
      parts: [...this.#parts].flatMap((touched) => changesOf(accounts.get(touched.accountId), touched)),
      newEffects: [...this.#newEffects],
      goneEffects: [...this.#goneEffects],
    };
    this.clear();
    return changes;
  }

  clear(): void {
    for (const { keys } of this.#parts) keys.clear();
    this.#parts.clear();
    this.#accounts.clear();
    this.#newEffects.clear();
    this.#goneEffects.clear();
    this.#isClean = true;
  }
}

function headOf(account: Account | undefined): Changes['accounts'] {
  if (account === undefined) return [];
  const { test: _test, live: _live, ...head } = account;
  return [head];
}

/** What the touched entries are now. */
function changesOf(account: Account | undefined, { keys, ...where }: Touched): PartChanges[] {
  const part = (where.livemode ? account?.live : account?.test)?.[where.part];
  if (typeof part !== 'object') return [];
  const changes: PartChanges = { ...where, put: [], gone: [] };
  for (const key of keys) {
    if (part instanceof Shelf) changes.put.push([key, part.things[Number(key)]]);
    else if (!part.has(String(key))) changes.gone.push(key);
    else changes.put.push([key, 'get' in part ? part.get(String(key)) : true]);
  }
  return [changes];
}
