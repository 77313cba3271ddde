/**
 * Finds card numbers in free text, so that none is stored or logged by
 * accident. It is for mistakes, not for people who hide a number on purpose.
 */

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
const PREFIX_DIGITS = 4;
/** Inside a longer row of digits, short windows are nearly always chance: 0049… before a telephone number. */
const INNER_DIGITS_MIN = 15;
const PHONE_DIGITS_MAX = 15;
const GAP_MAX = 3;
const DIGITS_KEPT = 4;

/** First four digits (from, to) and lengths (from, to) that card schemes issue. */
const CARD_RANGES: readonly (readonly [number, number, number, number])[] = [
  [4000, 4999, 13, 13], // Visa, of old
  [4000, 4999, 16, 16],
  [4000, 4999, 19, 19],
  [5100, 5599, 16, 16], // Mastercard
  [2221, 2720, 16, 16],
  [3400, 3499, 15, 15], // American Express
  [3700, 3799, 15, 15],
  [6011, 6011, 16, 19], // Discover
  [6440, 6599, 16, 19],
  [3000, 3059, 14, 19], // Diners Club
  [3600, 3699, 14, 19],
  [3800, 3999, 14, 19],
  [3528, 3589, 16, 19], // JCB
  [6200, 6299, 16, 19], // UnionPay
  [5000, 5099, 13, 19], // Maestro
  [5600, 5899, 13, 19],
  [6304, 6304, 13, 19],
  [6759, 6759, 13, 19],
  [6761, 6767, 13, 19],
  [2200, 2204, 16, 19], // Mir
];

/** For every first four digits, bit n says that a card of n + 13 digits may begin with them. */
const LENGTHS_BY_PREFIX = lengthsByPrefix();

/** Digits that belong together although single separators stand between them. */
interface DigitRun {
  readonly values: number[];
  /** Where in the text each digit stands. */
  readonly offsets: number[];
  /** Which of the separated groups each digit is in. */
  readonly groups: number[];
  readonly afterPlus: boolean;
}

export function containsCardNumber(text: string): boolean {
  return digitRuns(text).some((run) => endOfLastCard(run, true) > 0);
}

/**
 * Stars for every digit of a run that holds a card number but the card's last
 * four. The rest of the run goes, too: what follows a card is often its expiry
 * date and its security code.
 */
export function redactCardNumbers(text: string): string {
  const starred = new Set<number>();
  for (const run of digitRuns(text)) {
    const end = endOfLastCard(run, false);
    if (end === 0) continue;
    for (const [index, offset] of run.offsets.entries()) {
      if (index < end - DIGITS_KEPT || index >= end) starred.add(offset);
    }
  }
  if (starred.size === 0) return text;
  let redacted = '';
  for (let offset = 0; offset < text.length; ) {
    const symbol = symbolAt(text, offset);
    redacted += starred.has(offset) ? '*' : symbol;
    offset += symbol.length;
  }
  return redacted;
}

/** The index after the last (or any) card number's last digit, or 0: one step per digit and length, whatever the text. */
function endOfLastCard(run: DigitRun, anyWillDo: boolean): number {
  const { values, afterPlus } = run;
  if (values.length < DIGITS_MIN || (afterPlus && values.length <= PHONE_DIGITS_MAX)) return 0;
  const sums = luhnSums(values);
  let last = 0;
  for (let start = 0; start + DIGITS_MIN <= values.length; start++) {
    const lengths = LENGTHS_BY_PREFIX[prefixAt(values, start)] ?? 0;
    if (lengths === 0) continue;
    for (let length = DIGITS_MIN; length <= DIGITS_MAX; length++) {
      const end = start + length;
      if (end > values.length) break;
      if (!(lengths & (1 << (length - DIGITS_MIN)))) continue;
      const doubled = sums[end % 2];
      if (!doubled || ((doubled[end] ?? 0) - (doubled[start] ?? 0)) % 10 !== 0) continue;
      if (!standsAlone(run, start, end)) continue;
      if (anyWillDo) return end;
      last = Math.max(last, end);
    }
  }
  return last;
}

/** A number written in groups begins and ends with one; half a group of something else is chance. */
function standsAlone({ groups }: DigitRun, start: number, end: number): boolean {
  const isWhole = groups[start - 1] !== groups[start] && groups[end] !== groups[end - 1];
  return isWhole || (groups[start] === groups[end - 1] && end - start >= INNER_DIGITS_MIN);
}

/** Running sums with the even, or the odd, positions doubled; Luhn's check of any window is then one subtraction. */
function luhnSums(values: readonly number[]): readonly [Int32Array, Int32Array] {
  const sums = [new Int32Array(values.length + 1), new Int32Array(values.length + 1)] as const;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const doubled = value > 4 ? value * 2 - 9 : value * 2;
    const isEven = index % 2 === 0;
    sums[0][index + 1] = (sums[0][index] ?? 0) + (isEven ? doubled : value);
    sums[1][index + 1] = (sums[1][index] ?? 0) + (isEven ? value : doubled);
  }
  return sums;
}

function prefixAt(values: readonly number[], start: number): number {
  let prefix = 0;
  for (let index = start; index < start + PREFIX_DIGITS; index++) prefix = prefix * 10 + (values[index] ?? 0);
  return prefix;
}

function lengthsByPrefix(): Uint8Array {
  const table = new Uint8Array(10 ** PREFIX_DIGITS);
  for (const [from, to, shortest, longest] of CARD_RANGES) {
    for (let prefix = from; prefix <= to; prefix++) {
      for (let length = shortest; length <= longest; length++) {
        table[prefix] = (table[prefix] ?? 0) | (1 << (length - DIGITS_MIN));
      }
    }
  }
  return table;
}

/** Our ids would otherwise be mistaken once in some ten thousand times. A card number has no hexadecimal letters. */
const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
const HEXADECIMAL_LETTER = /[a-f]/i;

function digitRuns(text: string): readonly DigitRun[] {
  const readable = text.includes('-') ? withoutUuids(text) : text;
  const reader = new RunReader();
  for (let offset = 0; offset < readable.length; ) {
    const code = readable.charCodeAt(offset);
    if (code < 0x80) {
      reader.read(code, offset);
      offset += 1;
      continue;
    }
    const symbol = symbolAt(readable, offset);
    for (const part of plain(symbol)) reader.read(part.codePointAt(0) ?? 0, offset);
    offset += symbol.length;
  }
  return reader.runs;
}

function withoutUuids(text: string): string {
  return text.replace(UUID, (uuid) => (HEXADECIMAL_LETTER.test(uuid) ? 'x'.repeat(uuid.length) : uuid));
}

/** Gathers digits into runs, symbol by symbol. */
class RunReader {
  readonly runs: DigitRun[] = [];
  private gap = TOO_WIDE;
  private group = 0;

  read(code: number, offset: number): void {
    const digit = digitValue(code);
    if (digit !== null) this.add(digit, offset);
    else if (isLetter(code)) this.gap = TOO_WIDE;
    else if (isUnseen(code)) return;
    else this.gap = (this.gap + String.fromCodePoint(code)).slice(-GAP_MAX - 1);
  }

  private add(digit: number, offset: number): void {
    let run = this.runs.at(-1);
    if (this.gap !== '') {
      this.group += 1;
      if (!run || !joins(this.gap)) run = this.begin();
      this.gap = '';
    }
    run?.values.push(digit);
    run?.offsets.push(offset);
    run?.groups.push(this.group);
  }

  private begin(): DigitRun {
    const run = { values: [], offsets: [], groups: [], afterPlus: this.gap.endsWith('+') };
    this.runs.push(run);
    return run;
  }
}

const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;
const UNSEEN = /[\p{M}\p{Cf}\u0080-\u009f\ufffd]/gu;
const SPACES_AND_DASHES = /^[\s\p{Pd}\u2212]*$/u;
const TOO_WIDE = 'x'.repeat(GAP_MAX + 1);

/** One separator of any kind, or a dash between spaces. A comma and a space are a list of numbers. */
function joins(gap: string): boolean {
  return gap.length <= 1 || (gap.length <= GAP_MAX && SPACES_AND_DASHES.test(gap));
}

function symbolAt(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0;
  return code > 0xffff ? text.slice(offset, offset + 2) : text.charAt(offset);
}

/** What a reader sees: wide, raised and circled digits are digits, and marks without width are nothing. */
function plain(symbol: string): string {
  return symbol.normalize('NFKC').replace(UNSEEN, '');
}

/** Control characters but those that are white space: nothing of them is seen between two digits. */
function isUnseen(code: number): boolean {
  return code === 0x7f || (code < 0x20 && (code < 0x09 || code > 0x0d));
}

function isLetter(code: number): boolean {
  if (code < 0x80) return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
  return LETTER.test(String.fromCodePoint(code));
}

/** Every script's digits stand together from nought to nine, so a digit's value is how many stand before it. */
function digitValue(code: number): number | null {
  if (code < 0x80) return code >= 0x30 && code <= 0x39 ? code - 0x30 : null;
  if (!isDigit(code)) return null;
  let before = 0;
  while (before < 2 * 10 && isDigit(code - before - 1)) before += 1;
  return before % 10;
}

function isDigit(code: number): boolean {
  return DIGIT.test(String.fromCodePoint(code));
}
