import { describe, expect, it } from '@jest/globals';
import { invoiceNumber, numberOfInvoice, seriesNumber } from '../../../src/features/invoices/domain/invoice-number.js';

const LAST = 2_147_483_647;

describe('a place in a series', () => {
  it('is written with six digits or more, and says where no real money is meant', () => {
    expect(seriesNumber('INV', { mode: 'LIVE', number: 42 })).toBe('INV-000042');
    expect(seriesNumber('CN', { mode: 'LIVE', number: 1_234_567 })).toBe('CN-1234567');
    expect(seriesNumber('CN', { mode: 'TEST', number: 7 })).toBe('TEST-CN-000007');
  });

  it('is what an invoice has once it is closed', () => {
    expect(invoiceNumber({ mode: 'TEST', number: 3 })).toBe('TEST-INV-000003');
    expect(invoiceNumber({ mode: 'LIVE', number: null })).toBeNull();
  });
});

describe('the place that a written number names', () => {
  it.each([
    ['LIVE', 1],
    ['LIVE', 999_999],
    ['LIVE', 1_000_000],
    ['TEST', 1],
    ['TEST', LAST],
  ])('in %s is %i', (mode, number) => {
    expect(numberOfInvoice(seriesNumber('INV', { mode, number }), mode)).toBe(number);
  });

  it.each([
    ['of the other mode', 'INV-000001', 'TEST'],
    ['of tests', 'TEST-INV-000001', 'LIVE'],
    ['of nothing', '', 'LIVE'],
    ['of no invoice', 'CN-000001', 'LIVE'],
    ['with something before it', 'xINV-000001', 'LIVE'],
    ['with something after it', 'INV-000001x', 'LIVE'],
    ['with too few digits', 'INV-00001', 'LIVE'],
    ['with a zero too many', 'INV-0000001', 'LIVE'],
    ['before the first', 'INV-000000', 'LIVE'],
    ['after the last', `INV-${LAST + 1}`, 'LIVE'],
    ['with more digits than any', 'INV-12345678901', 'LIVE'],
  ])('is none %s', (_what, text, mode) => {
    expect(numberOfInvoice(text, mode)).toBeUndefined();
  });
});
