/**
 * How keys of the payment system and of ours begin: `sk_live_…`, `rk_test_…`,
 * `sk_org_live_…`, `whsec_…`, `qtt_live_mer_…`. Of ours the whole beginning:
 * `qtt_order_…` is how somebody names an order. Clients' tokens are not among
 * them: they are as any JWT is, open one order, and end by themselves.
 */
const BEGINNINGS = '(?:sk|rk)_(?:org_)?(?:live|test)_|whsec_|qtt_(?:live|test)_(?:plat|op|mer)_';

/** A text whose first group is the beginning of a key; also behind a name of its own, as in `my_sk_live_…`. */
export function keyPattern(charactersMin: number): RegExp {
  return new RegExp(`(?<![A-Za-z0-9])(${BEGINNINGS})[A-Za-z0-9_\\-+/=]{${charactersMin},}`, 'g');
}

/** Long enough that no name or hint of one is meant. */
const CHARACTERS_MIN = 16;
const KEY = keyPattern(CHARACTERS_MIN);
const KEY_CHARS_MIN = 'whsec_'.length + CHARACTERS_MIN;

export const KEY_REFUSAL =
  'has a secret key in it, which is refused because it would be seen; if it was sent by mistake, replace it';

/** Whether somebody has put a key where a text was asked for. */
export function containsKey(text: string): boolean {
  // Looked at first, because this runs for every cell of a million rows.
  return text.length >= KEY_CHARS_MIN && text.includes('_') && text.search(KEY) >= 0;
}

/** With only the beginning of each key, which says what it is a key of. */
export function redactKeys(text: string): string {
  return text.replace(KEY, '$1…');
}
