import type { Clock } from './clock.js';
import type { Journal } from './journal.js';
import type { Account, Book } from './state.js';
import type { DueEffect, Timetable } from './timetable.js';

/** Hands an event's deliveries to the network; replaced by nothing else, but kept apart from the resources. */
export interface Courier {
  announce(scope: Scope, eventId: string): void;
}

/** The whole sandbox: accounts, time, and what is still to happen. */
export interface World {
  readonly clock: Clock;
  readonly accounts: Map<string, Account>;
  readonly timetable: Timetable;
  readonly journal: Journal;
  readonly random: () => number;
  readonly courier: Courier;
  /** Where the pages of the sandbox are found, for `next_action` URLs; known once it listens. */
  url: string;
}

interface Cause {
  requestId: string;
  idempotencyKey: string | null;
  /** The API version the request asked for; only its date is compared. */
  version: string;
  /** The request came with a publishable key, as a browser's do. */
  isBrowser: boolean;
}

/** One account in one mode, and the request that makes the changes (null when time makes them). */
export interface Scope {
  readonly world: World;
  readonly account: Account;
  readonly book: Book;
  readonly cause: Cause | null;
}

export function scopeOf(world: World, accountId: string, livemode: boolean): Scope | undefined {
  const account = world.accounts.get(accountId);
  if (account === undefined) return undefined;
  return { world, account, book: livemode ? account.live : account.test, cause: null };
}

export function schedule(scope: Scope, kind: DueEffect['kind'], id: string, atMs: number): void {
  const { accountId, livemode } = scope.book;
  scope.world.timetable.add({ atMs, kind, accountId, livemode, id });
}
