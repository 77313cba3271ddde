/** Crockford's alphabet in lower case, as TypeID has it: no i, l, o or u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const VALUES: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, value) => [letter, value]));
const UUID_DIGITS = 32;
const BASE32_DIGITS = 26;

/** The 26 letters for a UUID: its 128 bits with two zero bits before them, five bits to a letter. */
export function base32OfUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  if (hex.length !== UUID_DIGITS) throw new RangeError('not a UUID');
  let [text, bits, held] = ['', 0, 2];
  for (let at = 0; at < UUID_DIGITS; at += 1) {
    const digit = Number.parseInt(hex.charAt(at), 16);
    if (Number.isNaN(digit)) throw new RangeError('not a UUID');
    bits = (bits << 4) | digit;
    held += 4;
    if (held < 5) continue;
    held -= 5;
    text += ALPHABET.charAt(bits >> held);
    bits &= (1 << held) - 1;
  }
  return text;
}

/** The UUID behind 26 letters, or null when they are not letters of ours or say more than 128 bits. */
export function uuidOfBase32(text: string): string | null {
  if (text.length !== BASE32_DIGITS || text.charAt(0) > '7') return null;
  let [hex, bits, held] = ['', 0, -2];
  for (let at = 0; at < BASE32_DIGITS; at += 1) {
    const value = VALUES.get(text.charAt(at));
    if (value === undefined) return null;
    bits = (bits << 5) | value;
    held += 5;
    while (held >= 4) {
      held -= 4;
      hex += (bits >> held).toString(16);
      bits &= (1 << held) - 1;
    }
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
