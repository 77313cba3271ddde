import fc from 'fast-check';
import { numberTexts } from '../../../src/features/invoices/pdf/number-texts.js';
import { printableText } from '../../../src/features/invoices/pdf/printable-text.js';
import { firstLines, wrapText } from '../../../src/features/invoices/pdf/wrap-text.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

/** A font whose letters are all equally wide, but that some pairs are set closer together. */
const measure = (text: string) => 10 * Array.from(text).length - 4 * (text.match(/AV/g)?.length ?? 0);
const WIDTH = 100;

describe('a text in lines', () => {
  const TEXTS = fc.string({ unit: fc.constantFrom('A', 'V', 'i', ' ', 'ș', 'Ж'), maxLength: 200 });

  it('loses nothing, and breaks words only where a line is full of one', () => {
    fc.assert(
      fc.property(TEXTS, (text) => {
        const lines = wrapText(text, WIDTH, measure);
        expect(lines.filter((line) => measure(line) > WIDTH)).toEqual([]);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        const whole = text.split(' ').filter((word) => word !== '' && measure(word) <= WIDTH);
        const found = lines.flatMap((line) => line.split(' '));
        expect(whole.filter((word) => !found.includes(word))).toEqual([]);
      }),
    );
  });

  it('is cut with an ellipsis that still fits', () => {
    fc.assert(
      fc.property(TEXTS, fc.integer({ min: 1, max: 4 }), (text, most) => {
        const lines = wrapText(text, WIDTH, measure);
        const cut = firstLines(lines, most, WIDTH, measure);
        expect(cut).toHaveLength(Math.min(lines.length, most));
        expect(cut.filter((line) => measure(line) > WIDTH)).toEqual([]);
        expect(cut.at(-1)?.endsWith('…')).toBe(lines.length > most);
      }),
    );
  });

  it('keeps a letter and its marks on one line', () => {
    const lines = wrapText('e\u0301'.repeat(40), 30, measure);
    expect(lines.filter((line) => line.startsWith('\u0301'))).toEqual([]);
  });
});

describe('a text that is printable', () => {
  /** Of any code point, as the library's own `binary` is; but that takes a second to list them all. */
  const ANY = fc.string({ unit: fc.nat(0x10ffff).map((point) => String.fromCodePoint(point)), maxLength: 100 });

  it('has nothing in it that steers, doubles or is not there', () => {
    fc.assert(
      fc.property(ANY, (text) => {
        const plain = printableText(text, (codePoint) => codePoint < 0x600);
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]| {2}|^ | $|\p{M}{4}/u);
        expect(Array.from(plain).filter((letter) => letter >= '\u0600' && letter !== '\ufffd')).toEqual([]);
        expect(printableText(plain, (codePoint) => codePoint < 0x600)).toBe(plain);
      }),
    );
  });

  it('is what it was where it is plain', () => {
    expect(printableText('Preț:\r\n 1\u00a0234,50\tлей', () => true)).toBe('Preț: 1\u00a0234,50 лей');
  });
});

describe('numbers on paper', () => {
  const money = (minor: bigint, currency: string) => Money.of(minor, currency as Currency);

  it('have every digit, and as many as the currency has', () => {
    const { plain, full, price, quantity, percent } = numberTexts('en', 'KWD' as Currency);
    expect(plain(money(999_999_999_999_999n, 'KWD'))).toBe('999,999,999,999.999');
    expect(full(money(-1n, 'KWD'))).toBe('-KWD\u00a00.001');
    expect([price('1'), price('0.12345678901234567890')]).toEqual(['1.000', '0.12345678901234567890']);
    expect([quantity('2.50'), quantity('99999999999999999999.5')]).toEqual(['2.50', '99,999,999,999,999,999,999.5']);
    expect([percent('8.875'), percent('0'), percent('100.10')]).toEqual(['8.875%', '0%', '100.10%']);
    expect(numberTexts('ru', 'UGX' as Currency).plain(money(1_234_567n, 'UGX'))).toBe('1\u00a0234\u00a0567');
  });

  it('are left as they came where they are none', () => {
    const { price, quantity, percent } = numberTexts('ro', 'MDL' as Currency);
    expect([price('free'), quantity('1e3'), percent('')]).toEqual(['free', '1e3', ' %']);
  });

  it('come with days of the right year, whatever the zone of this machine', () => {
    const { day, month } = numberTexts('ro', 'MDL' as Currency);
    expect([day('2026-01-01'), day('2028-02-29'), month('2026-12')]).toEqual([
      '1 ianuarie 2026',
      '29 februarie 2028',
      'decembrie 2026',
    ]);
  });
});
