import type { Clock } from '../core/clock.js';
import { StripeFailure } from '../core/failure.js';
import type { Book, SavedReply } from '../core/state.js';

/** Stripe forgets a key a day after its first use. */
const KEPT_MS = 24 * 3_600_000;
const KEY_LENGTH_MAX = 255;

export interface Reply {
  status: number;
  content: object;
}

type Claim = { kind: 'fresh'; entry: SavedReply } | { kind: 'replay'; reply: Reply };

function conflict(status: number, message: string, code?: string): StripeFailure {
  return new StripeFailure(status, { type: 'idempotency_error', message, ...(code !== undefined && { code }) }, true);
}

/** Old keys stand first in the map, so forgetting them is a walk from its start. */
function forgetOld(book: Book, nowMs: number): void {
  for (const [key, saved] of book.savedReplies) {
    if (nowMs - saved.atMs < KEPT_MS) return;
    book.savedReplies.delete(key);
  }
}

/** Claims a key for a request, or finds the reply that an equal request had. */
export function claimKey(
  book: Book,
  clock: Clock,
  { key, endpoint, fingerprint }: { key: string; endpoint: string; fingerprint: string },
): Claim {
  if (key.length > KEY_LENGTH_MAX) {
    throw conflict(400, `Idempotency keys can be up to ${KEY_LENGTH_MAX} characters long; yours has ${key.length}.`);
  }
  const nowMs = clock.nowMs();
  forgetOld(book, nowMs);
  const saved = book.savedReplies.get(key);
  if (saved === undefined || nowMs - saved.atMs >= KEPT_MS) {
    const entry: SavedReply = { atMs: nowMs, fingerprint, endpoint, status: 0, content: {} };
    book.savedReplies.set(key, entry);
    return { kind: 'fresh', entry };
  }
  if (saved.endpoint !== endpoint) {
    throw conflict(
      400,
      `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${endpoint}' vs '${saved.endpoint}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  if (saved.fingerprint !== fingerprint) {
    throw conflict(
      400,
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  if (saved.status === 0) {
    throw conflict(
      409,
      `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      'idempotency_key_in_use',
    );
  }
  return { kind: 'replay', reply: { status: saved.status, content: saved.content } };
}

export function keepReply(book: Book, key: string, entry: SavedReply, { status, content }: Reply): void {
  book.savedReplies.set(key, { ...entry, status, content });
}
