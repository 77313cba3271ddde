/** What separates words, whatever it does on a screen; not the spaces that hold a number together. */
const SPACES = /[^\S\u00a0\u202f]+|\u0085+/gu;

/**
 * Controls, and characters that only steer others: joiners, variation selectors,
 * soft hyphens and, above all, those that turn the direction of what follows, by
 * which "100" could be read as "001".
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Three marks on one letter are more than any language of the font needs; hundreds would climb over other lines. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu;

const REPLACEMENT = '\ufffd';

/**
 * What can be printed of a text that anybody may have sent: one line, of letters
 * that the font has, read from left to right. What it has no letter for becomes a
 * replacement character, so that a reader sees that something is missing.
 */
export function printableText(text: string, hasGlyph: (codePoint: number) => boolean): string {
  const seen = text.toWellFormed().replace(SPACES, ' ').replace(UNSEEN, '').normalize('NFC');
  const plain = seen.replace(/ {2,}/g, ' ').replace(STACKED_MARKS, '$1').trim();
  return Array.from(plain, (letter) => (hasGlyph(letter.codePointAt(0) ?? 0) ? letter : REPLACEMENT)).join('');
}
