import fc from 'fast-check';
import { containsCardNumber, redactCardNumbers } from '../../src/kernel/card-number.js';
import { publicId } from '../../src/kernel/ids.js';

/** Beginnings and lengths as the schemes publish them, written apart from the table under test. */
const SCHEMES = [
  { name: 'Visa', prefixes: ['4', '4000', '4242', '4999'], lengths: [13, 16, 19] },
  { name: 'Mastercard', prefixes: ['51', '52', '53', '54', '55', '2221', '2500', '2720'], lengths: [16] },
  { name: 'American Express', prefixes: ['34', '37'], lengths: [15] },
  { name: 'Discover', prefixes: ['6011', '644', '649', '65'], lengths: [16, 19] },
  { name: 'Diners Club', prefixes: ['300', '305', '36', '38', '39'], lengths: [14, 16] },
  { name: 'JCB', prefixes: ['3528', '3589'], lengths: [16, 19] },
  { name: 'UnionPay', prefixes: ['62'], lengths: [16, 17, 18, 19] },
  { name: 'Maestro', prefixes: ['50', '56', '57', '58', '6304', '6759', '6761', '6767'], lengths: [13, 16, 19] },
  { name: 'Mir', prefixes: ['2200', '2204'], lengths: [16, 19] },
];

function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

const cardNumber = fc
  .constantFrom(...SCHEMES)
  .chain(({ prefixes, lengths }) => fc.tuple(fc.constantFrom(...prefixes), fc.constantFrom(...lengths)))
  .chain(([prefix, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), {
        minLength: length - prefix.length - 1,
        maxLength: length - prefix.length - 1,
      })
      .map((rest) => prefix + rest.join(''))
      .map((body) => body + luhnDigit(body)),
  );

const separator = fc.constantFrom(
  '',
  ' ',
  '-',
  '.',
  '_',
  '/',
  '\u00a0',
  '\u2009',
  '\u2013',
  '\u2212',
  '\n',
  '\u200b',
  ' - ',
);
const digits = fc.constantFrom('ascii', 'wide', 'arabic', 'devanagari', 'bold', 'keycap');

function written(digit: string, script: string): string {
  const value = Number(digit);
  if (script === 'wide') return String.fromCodePoint(0xff10 + value);
  if (script === 'arabic') return String.fromCodePoint(0x660 + value);
  if (script === 'devanagari') return String.fromCodePoint(0x966 + value);
  if (script === 'bold') return String.fromCodePoint(0x1d7ce + value);
  return script === 'keycap' ? `${digit}\ufe0f\u20e3` : digit;
}

const words = fc.constantFrom('', 'please charge ', 'Karte:', '(', 'order ORD-17, ', 'émoji 🙂 ');

describe('a card number in free text', () => {
  it('is found through every separator and script', () => {
    const text = fc
      .tuple(words, cardNumber, separator, fc.integer({ min: 1, max: 6 }), digits, words)
      .map(([before, pan, between, groupLength, script, after]) => {
        const groups = pan.match(new RegExp(`\\d{1,${groupLength}}`, 'g')) ?? [];
        const parts = groups.map((group) => [...group].map((digit) => written(digit, script)).join(''));
        return before + parts.join(between) + (after && ` ${after}`);
      });
    fc.assert(
      fc.property(text, (each) => containsCardNumber(each)),
      { numRuns: 200 },
    );
  });

  it('is found with a different separator after every digit', () => {
    const mixed = cardNumber.chain((pan) =>
      fc
        .array(separator, { minLength: pan.length, maxLength: pan.length })
        .map((separators) =>
          [...pan].map((digit, index) => digit + (index < pan.length - 1 ? separators[index] : '')).join(''),
        ),
    );
    fc.assert(
      fc.property(mixed, (each) => containsCardNumber(each)),
      { numRuns: 200 },
    );
  });

  it('is found after any number of its own, and before one', () => {
    const number = fc.integer({ min: 1, max: 999 }).map(String);
    fc.assert(
      fc.property(number, cardNumber, number, (before, pan, after) => containsCardNumber(`${before} ${pan} ${after}`)),
      { numRuns: 200 },
    );
  });

  it.each([' ', '\t', '\n', '\v', '\f', '\r', '@', '[', '`', '{', '!', '~', '\u00a0', '\u2028'])(
    'is found with one %j between its groups',
    (between) => {
      expect(containsCardNumber(['4242', '4242', '4242', '4242'].join(between))).toBe(true);
    },
  );

  it.each(['\0', '\b', '\u000e', '\u001f', '\u007f', '\u0080', '\u200b', '\ufffd'])(
    'is found with any number of %j within, which nobody sees',
    (unseen) => {
      expect(containsCardNumber([...'4242424242424242'].join(unseen.repeat(5)))).toBe(true);
    },
  );

  it.each([
    ['of fifteen digits in a longer row', '00378282246310005'],
    ['of fifteen digits in a row that goes on', '37828224631000500'],
    ['between letters', 'PAN4242424242424242END'],
    ['in a longer row of digits', '00004242424242424242'],
    ['before an expiry date and a code', '4242424242424242=26122010000000000000'],
    ['after another number', '17 4242 4242 4242 4242 12/26 123'],
    ['with a plus, when it is longer than any telephone number', '+4242424242424242'],
    ['in pounds and pence', '4242424242424242.00'],
  ])('is found %s', (_, text) => {
    expect(containsCardNumber(text)).toBe(true);
  });
});

describe('no card number is', () => {
  it.each([
    ['an order number', '2026-11-21-000123'],
    ['an ISO date and time', '2026-11-21T10:15:30.123456Z'],
    ['a log time', '2026-11-21 10:15:30.123456'],
    ['a bill number', 'INV-2026-000123'],
    ['a bill number of digits', '2026000000123'],
    ['an American telephone number', '+1 (415) 555-2671'],
    ['a German telephone number that passes Luhn', '+4915112345678'],
    ['the same, dialled from abroad', '004915112345678'],
    ['a list of invoices that together pass Luhn', '4242, 4242, 4242, 4242'],
    ['milliseconds', '1763720130123'],
    ['an IBAN', 'DE89370400440532013000'],
    ['a VAT number', 'ATU12345678'],
    ['sixteen digits that fail Luhn', '4242424242424241'],
    ['sixteen digits that no scheme issues', '9999999999999995'],
    ['twelve digits', '424242424242'],
    ['the half of a group', '14242 4242 4242 4242'],
    ['the half of a group at its end', '4242 4242 4242 42421'],
    ['thirteen digits that begin a longer row', '42222222222229'],
    ['thirteen digits that end a longer row', '94222222222222'],
    ['the longest telephone number', '+378282246310005'],
    ['what lies four spaces apart', '4242    4242    4242    4242'],
    ['what lies four lines apart', '4242\n\n\n\n4242\n\n\n\n4242\n\n\n\n4242'],
    ...['a', 'm', 'z', 'A', 'M', 'Z', 'é', 'ж'].map((letter) => [
      `what has the letter ${letter} between`,
      `4242${letter}4242${letter}4242${letter}4242`,
    ]),
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(containsCardNumber(text)).toBe(false);
    expect(redactCardNumbers(text)).toBe(text);
  });

  it('a UUID, nor a public id', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 7 }), (uuid) => {
        const withLetters = uuid.replace(/^./, 'a');
        return !containsCardNumber(withLetters) && !containsCardNumber(publicId('order', uuid));
      }),
      { numRuns: 500 },
    );
    expect(containsCardNumber('a0000000-4242-4242-4242-424200000000')).toBe(false);
    expect(containsCardNumber('00000000-4242-4242-4242-424200000000')).toBe(true);
    // Longer than a UUID on either side: it is none.
    expect(containsCardNumber('ga0000000-4242-4242-4242-424200000000')).toBe(true);
    expect(containsCardNumber('a0000000-4242-4242-4242-424200000000g')).toBe(true);
    expect(containsCardNumber('(a0000000-4242-4242-4242-424200000000)')).toBe(false);
  });

  it('the number of an order or a bill of any day', () => {
    const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 999_999 }), fc.constantFrom('-', '/', ''), (date, number, dash) => {
        const parts = [...date.toISOString().slice(0, 10).split('-'), String(number).padStart(6, '0')];
        return !containsCardNumber(parts.join(dash));
      }),
      { numRuns: 500 },
    );
  });
});

describe('redacting', () => {
  it.each([
    ['4242 4242 4242 4242', '**** **** **** 4242'],
    ['card 378282246310005, thanks', 'card ***********0005, thanks'],
    ['4242-4242-4242-4242 12/26 123', '****-****-****-4242 **/** ***'],
    ['a 4242424242424242 and b 5555555555554444', 'a ************4242 and b ************4444'],
    ['🙂４２４２ ４２４２ ４２４２ ４２４２', '🙂**** **** **** ４２４２'],
    ['4242424242424242 5555555555554444', '**************** ************4444'],
    ['5555555555554444 4242424242424242 12', '**************** ************4242 **'],
    [
      'a0000000-4242-4242-4242-424200000000: 4242424242424242',
      'a0000000-4242-4242-4242-424200000000: ************4242',
    ],
  ])('%s', (text, redacted) => {
    expect(redactCardNumbers(text)).toBe(redacted);
  });

  it('leaves nothing that is found again, and no digit it did not have', () => {
    const text = fc
      .array(fc.oneof(cardNumber, fc.constantFrom('1', '42', '4242', ' ', '-', ', ', 'x', '+')))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const redacted = redactCardNumbers(each);
        expect(containsCardNumber(redacted)).toBe(false);
        expect(redacted).toHaveLength(each.length);
        expect(redacted === each).toBe(!containsCardNumber(each));
      }),
      { numRuns: 300 },
    );
  });
});
