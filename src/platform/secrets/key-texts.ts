/**
 * Keys of the payment system and of ours as they are written: `sk_live_…`,
 * `rk_test_…`, `whsec_…`, `qtt_…`. Long enough that no name or hint of one is meant.
 */
const KEY = /\b((?:sk|rk)_(?:live|test)_|whsec_|qtt_)[A-Za-z0-9_\-+/=]{16,}/g;

/** Whether somebody has put a key where a text was asked for. */
export function containsKey(text: string): boolean {
  return text.search(KEY) >= 0;
}

/** With only the beginning of each key, which says what it is a key of. */
export function redactKeys(text: string): string {
  return text.replace(KEY, '$1…');
}
