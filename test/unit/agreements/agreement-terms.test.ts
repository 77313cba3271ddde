import {
  type AgreementTerms,
  type Retailer,
  termsFaults,
} from '../../../src/features/agreements/domain/agreement-terms.js';
import { AGREEMENT_TYPES, type AgreementType } from '../../../src/kernel/agreement-type.js';

const TODAY = '2026-11-21';
const NO_RETAILER: Retailer = { abbreviatedTradingName: null, merchantCategoryCode: null, tradingName: null };

/** Nothing but what every type needs. */
function terms(those: Partial<AgreementTerms>): AgreementTerms {
  return {
    reference: null,
    amountVariability: 'FIXED',
    startDate: null,
    expiryDate: null,
    minimumAmount: null,
    maximumAmount: null,
    minimumDaysBetweenPayments: null,
    numberOfPayments: null,
    frequency: null,
    retailer: null,
    ...those,
  };
}

function faults(those: Partial<AgreementTerms>, type: AgreementType = 'RECURRING'): readonly string[] {
  return termsFaults(type, terms(those), TODAY).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('terms that may be agreed', () => {
  it.each(AGREEMENT_TYPES)('say next to nothing: %s', (type) => {
    expect(faults({}, type)).toEqual([]);
  });

  it.each<[string, Partial<AgreementTerms>]>([
    ['a start today', { startDate: TODAY }],
    ['an end tomorrow', { expiryDate: '2026-11-22' }],
    ['an end the day after the start', { startDate: '2027-01-01', expiryDate: '2027-01-02' }],
    ['one amount as both limits', { minimumAmount: 500n, maximumAmount: 500n }],
    ['the least counts', { minimumDaysBetweenPayments: 1, numberOfPayments: 1 }],
    ['the most counts', { minimumDaysBetweenPayments: 9999, numberOfPayments: 999 }],
    ['a reference of one character', { reference: 'x' }],
    ['a reference of 100 characters, not of 100 code units', { reference: '😀'.repeat(100) }],
  ])('%s', (_, those) => {
    expect(faults(those)).toEqual([]);
  });

  it('name the retailer of an instalment plan', () => {
    const retailer = {
      abbreviatedTradingName: 'x'.repeat(10),
      merchantCategoryCode: '5732',
      tradingName: 'x'.repeat(100),
    };
    expect(faults({ retailer }, 'INSTALLMENT')).toEqual([]);
    expect(faults({ retailer: NO_RETAILER }, 'INSTALLMENT')).toEqual([]);
  });

  it.each(['INSTALLMENT', 'UNSCHEDULED', 'OTHER'] as const)('leave open whether amounts vary: %s', (type) => {
    expect(faults({ amountVariability: null }, type)).toEqual([]);
  });
});

describe('a fault of the terms', () => {
  it.each<[string, Partial<AgreementTerms>, string]>([
    [
      'no variability',
      { amountVariability: null },
      'amountVariability: is needed for a RECURRING agreement: FIXED or VARIABLE',
    ],
    [
      'a start in the past',
      { startDate: '2026-11-20' },
      'startDate: must not be in the past: 2026-11-20 is before today, 2026-11-21',
    ],
    ['an end today', { expiryDate: TODAY }, 'expiryDate: must be after today, 2026-11-21, not 2026-11-21'],
    [
      'an end at the start',
      { startDate: '2027-01-01', expiryDate: '2027-01-01' },
      'expiryDate: must be after startDate, 2027-01-01, not 2027-01-01',
    ],
    [
      'limits turned round',
      { minimumAmount: 501n, maximumAmount: 500n },
      'minimumAmount: must not be more than maximumAmount, 500 minor units, but is 501',
    ],
    ['a minimum of nothing', { minimumAmount: 0n }, 'minimumAmount: must be more than 0, not 0'],
    ['a negative maximum', { maximumAmount: -1n }, 'maximumAmount: must be more than 0, not -1'],
    [
      'no day between',
      { minimumDaysBetweenPayments: 0 },
      'minimumDaysBetweenPayments: must be a whole number from 1 to 9999, not 0',
    ],
    [
      'too many days between',
      { minimumDaysBetweenPayments: 10_000 },
      'minimumDaysBetweenPayments: must be a whole number from 1 to 9999, not 10000',
    ],
    ['no payment', { numberOfPayments: 0 }, 'numberOfPayments: must be a whole number from 1 to 999, not 0'],
    [
      'too many payments',
      { numberOfPayments: 1000 },
      'numberOfPayments: must be a whole number from 1 to 999, not 1000',
    ],
    ['half a payment', { numberOfPayments: 1.5 }, 'numberOfPayments: must be a whole number from 1 to 999, not 1.5'],
    ['an empty reference', { reference: '' }, 'reference: must have 1 to 100 characters, not 0'],
    ['a long reference', { reference: 'x'.repeat(101) }, 'reference: must have 1 to 100 characters, not 101'],
    [
      'a retailer without a plan',
      { retailer: NO_RETAILER },
      'retailer: is for INSTALLMENT agreements only, not for RECURRING',
    ],
  ])('%s', (_, those, expected) => {
    expect(faults(those)).toEqual([expected]);
  });

  it.each<[string, Partial<Retailer>, string]>([
    [
      'a long short name',
      { abbreviatedTradingName: 'x'.repeat(11) },
      'abbreviatedTradingName: must have 1 to 10 characters, not 11',
    ],
    ['an empty name', { tradingName: '' }, 'tradingName: must have 1 to 100 characters, not 0'],
    ['a long name', { tradingName: 'x'.repeat(101) }, 'tradingName: must have 1 to 100 characters, not 101'],
    [
      'a code that is just shown whole',
      { merchantCategoryCode: 'x'.repeat(40) },
      `merchantCategoryCode: must have 4 digits, not "${'x'.repeat(40)}"`,
    ],
    ['a code of three digits', { merchantCategoryCode: '573' }, 'merchantCategoryCode: must have 4 digits, not "573"'],
    [
      'a code with a line after it',
      { merchantCategoryCode: '5732\n' },
      'merchantCategoryCode: must have 4 digits, not "5732\n"',
    ],
    [
      'a code that goes on',
      { merchantCategoryCode: '1'.repeat(90) },
      `merchantCategoryCode: must have 4 digits, not "${'1'.repeat(40)}…"`,
    ],
  ])('of the retailer: %s', (_, those, expected) => {
    expect(faults({ retailer: { ...NO_RETAILER, ...those } }, 'INSTALLMENT')).toEqual([`retailer.${expected}`]);
  });

  it('comes with all the others', () => {
    const wrong = { amountVariability: null, startDate: '2026-01-01', expiryDate: '2025-01-01', numberOfPayments: 0 };
    expect(faults({ ...wrong, retailer: NO_RETAILER })).toHaveLength(6);
  });
});
