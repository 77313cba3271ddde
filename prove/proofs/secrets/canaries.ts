/** Something that may be found nowhere, and how it is written when it is sent. */
export interface Canary {
  readonly text: string;
  readonly isCard: boolean;
}

/** Beginnings and lengths as the schemes issue them: Visa, Mastercard, American Express, Discover, JCB, Maestro, Mir. */
const ISSUED: readonly (readonly [prefix: string, length: number])[] = [
  ['4', 16],
  ['52', 16],
  ['2345', 16],
  ['37', 15],
  ['6011', 16],
  ['3540', 16],
  ['6762', 16],
  ['2202', 16],
];
const KEY_KINDS = ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_', 'qtt_live_op_', 'qtt_test_mer_'];
const KEY_CHARACTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const KEY_LENGTH = 32;

/** Different numbers with a right check digit, each of a scheme. */
export function cardNumbers(count: number, random: () => number): readonly string[] {
  const numbers = new Set<string>();
  while (numbers.size < count) {
    const [prefix, length] = ISSUED[numbers.size % ISSUED.length] ?? ['4', 16];
    let digits = prefix;
    while (digits.length < length - 1) digits += Math.floor(random() * 10);
    numbers.add(digits + checkDigit(digits));
  }
  return [...numbers];
}

export function keys(count: number, random: () => number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    let key = KEY_KINDS[index % KEY_KINDS.length] ?? '';
    for (let at = 0; at < KEY_LENGTH; at += 1) key += KEY_CHARACTERS[Math.floor(random() * KEY_CHARACTERS.length)];
    return key;
  });
}

function checkDigit(digits: string): number {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}

/** As people write it. */
export function spelled(number: string, spelling: number): string {
  const groups = number.match(/\d{1,4}/g) ?? [];
  switch (spelling % 5) {
    case 0:
      return number;
    case 1:
      return groups.join(' ');
    case 2:
      return groups.join('-');
    case 3:
      return number.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
    default:
      return `paid with ${groups.join('.')}, thanks`;
  }
}

/** Which of them a place has in it, however their digits are grouped, written or escaped. */
export function foundIn(place: string, canaries: readonly Canary[]): readonly string[] {
  const read = place.replace(/(?:%[0-9a-f]{2})+/gi, unescaped).normalize('NFKC');
  const digits = read.replace(/(?<=\d)[ .+-]/g, '');
  return canaries.filter(({ text, isCard }) => (isCard ? digits : read).includes(text)).map(({ text }) => text);
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
