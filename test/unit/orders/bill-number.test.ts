import fc from 'fast-check';
import { BILL_NUMBERS, billNumber, isBillNumber } from '../../../src/features/orders/domain/bill-number.js';
import { containsCardNumber } from '../../../src/kernel/card-number.js';

const LAST = BILL_NUMBERS - 1;
const ordinal = fc.oneof(fc.integer({ min: 0, max: LAST }), fc.constantFrom(0, 1, 9, 10, LAST));

/** Enough, of every kind, that what holds for each of them in full holds. */
const SAMPLES = [0, 1, 9, 10, 11, 90, 4_242_424_242, 12_345_678_901, 98_765_432_109, 55_555_555_555, LAST].map(
  billNumber,
);

describe('a bill number', () => {
  it('is twelve digits of which the last is the check digit', () => {
    expect(billNumber(0)).toBe('000000000000');
    // Damm's own example: the check digit of 572 is 4.
    expect(billNumber(572)).toBe('000000005724');
    fc.assert(
      fc.property(ordinal, (n) => {
        expect(billNumber(n)).toMatch(/^\d{12}$/);
        expect(Number(billNumber(n).slice(0, -1))).toBe(n);
        expect(isBillNumber(billNumber(n))).toBe(true);
      }),
    );
  });

  it('is known to be wrong with any one digit wrong', () => {
    for (const number of SAMPLES) {
      for (const [index, right] of [...number].entries()) {
        const wrong = '0123456789'.replace(right, '');
        const slips = [...wrong].map((digit) => number.slice(0, index) + digit + number.slice(index + 1));
        expect(slips.filter(isBillNumber)).toEqual([]);
      }
    }
  });

  it('is known to be wrong with any two neighbours swapped', () => {
    const swapped = (number: string, index: number) =>
      number.slice(0, index) + number.charAt(index + 1) + number.charAt(index) + number.slice(index + 2);
    fc.assert(
      fc.property(ordinal, (n) => {
        const number = billNumber(n);
        for (let index = 0; index < number.length - 1; index++) {
          expect(isBillNumber(swapped(number, index))).toBe(number.charAt(index) === number.charAt(index + 1));
        }
      }),
    );
  });

  it('has one right check digit of ten', () => {
    fc.assert(
      fc.property(ordinal, (n) => {
        const body = billNumber(n).slice(0, -1);
        expect([...'0123456789'].filter((digit) => isBillNumber(body + digit))).toHaveLength(1);
      }),
    );
  });

  it('is never taken for a card number', () => {
    const around = fc.constantFrom('', 'bill ', 'No. ', ' EUR', '\n');
    fc.assert(
      fc.property(ordinal, around, around, (n, before, after) => {
        expect(containsCardNumber(before + billNumber(n) + after)).toBe(false);
      }),
    );
  });

  it.each([
    '',
    '0',
    '00000000000',
    '0000000000000',
    '00000000572',
    '00000000572x',
    ' 000000005724',
    '000000005724\n',
    '0000 0000 5724',
    '٠٠٠٠٠٠٠٠٥٧٢٤',
  ])('is not what %j is', (text) => expect(isBillNumber(text)).toBe(false));
});
