import type { AgreementClaim } from '../../../src/features/orders/domain/scheme-rules.js';
import { AGREEMENT_TYPES } from '../../../src/kernel/agreement-type.js';
import type { Money } from '../../../src/kernel/money.js';
import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';
import { AGREEMENT, eur, judged, PLAIN_CHARGE, PLAIN_PAYMENT, usd } from './scheme-claims.js';

const ALLOWED = { source: 'MERCHANT', storedOnFile: 'STORED', by: 'MERCHANT', store: false } as const;

type Limit = readonly [name: string, limits: Partial<AgreementClaim>, refused: RegExp | null, amount?: Money];

const FIXED = { fixedAmount: eur(1000n) };
const FROM_TO = { minimumAmount: eur(500n), maximumAmount: eur(2000n) };

/** Both sides of every boundary, of a charge of 10.00 EUR on 21 November 2026 unless an amount is given. */
const LIMITS: readonly Limit[] = [
  ['no limit at all', {}, null],
  ['another currency', {}, /^amount: the agreement is in EUR, not in USD$/, usd(1000n)],
  ['another currency before any amount', { ...FIXED, ...FROM_TO }, /^amount: the agreement is in EUR/, usd(1n)],
  ['a unit below the fixed amount', FIXED, /^amount: .* FIXED at 10\.00 EUR, and this one is 9\.99 EUR$/, eur(999n)],
  ['the fixed amount', FIXED, null],
  ['a unit above the fixed amount', FIXED, /^amount: .* FIXED at 10\.00 EUR, and this one is 10\.01 EUR$/, eur(1001n)],
  [
    'a unit below the minimum',
    FROM_TO,
    /^amount: 4\.99 EUR is less than the agreement's minimumAmount of 5\.00 EUR$/,
    eur(499n),
  ],
  ['the minimum', FROM_TO, null, eur(500n)],
  ['a unit above the minimum', FROM_TO, null, eur(501n)],
  ['a unit below the maximum', FROM_TO, null, eur(1999n)],
  ['the maximum', FROM_TO, null, eur(2000n)],
  [
    'a unit above the maximum',
    FROM_TO,
    /^amount: 20\.01 EUR is more than the agreement's maximumAmount of 20\.00 EUR$/,
    eur(2001n),
  ],
  ['a minimum alone', { minimumAmount: eur(500n) }, null, eur(10n ** 15n)],
  ['a maximum alone', { maximumAmount: eur(2000n) }, null, eur(1n)],
  [
    'the day before it starts',
    { startDate: '2026-11-22' },
    /^startDate: nothing may be charged before 2026-11-22, and it is 2026-11-21$/,
  ],
  ['the day it starts', { startDate: '2026-11-21' }, null],
  ['the day after it starts', { startDate: '2026-11-20' }, null],
  ['the day before it ends', { expiryDate: '2026-11-22' }, null],
  ['the day it ends', { expiryDate: '2026-11-21' }, null],
  [
    'the day after it ended',
    { expiryDate: '2026-11-20' },
    /^expiryDate: the agreement ended with 2026-11-20, and it is 2026-11-21$/,
  ],
  ['the first of one payment', { numberOfPayments: 1, paymentsMade: 0 }, null],
  ['the last of twelve payments', { numberOfPayments: 12, paymentsMade: 11 }, null],
  [
    'one more than twelve payments',
    { numberOfPayments: 12, paymentsMade: 12 },
    /^numberOfPayments: all 12 payments of the agreement were made$/,
  ],
  ['more than were agreed, where there were more', { numberOfPayments: 12, paymentsMade: 13 }, /^numberOfPayments: /],
  ['the thousandth payment of any number', { paymentsMade: 999 }, null],
  ['the first payment, where days must lie between', { minimumDays: 28 }, null],
  [
    'the same day again',
    { minimumDays: 1, daysSinceLast: 0 },
    /^minimumDaysBetweenPayments: the last payment was 0 days ago, and 1 must lie between two$/,
  ],
  [
    'a day too early',
    { minimumDays: 28, daysSinceLast: 27 },
    /^minimumDaysBetweenPayments: the last payment was 27 days ago, and 28 must lie between two$/,
  ],
  ['the first day that is late enough', { minimumDays: 28, daysSinceLast: 28 }, null],
  ['a day later than that', { minimumDays: 28, daysSinceLast: 29 }, null],
  ['the same day again, where no days must lie between', { daysSinceLast: 0 }, null],
];

const BROKEN = LIMITS.filter(([, , refused]) => refused !== null);

/** The order in which limits answer for a charge that breaks them all, and what would mend each. */
const ONE_AFTER_ANOTHER: readonly (readonly [field: string, mended: Partial<AgreementClaim>])[] = [
  ['FIXED', { fixedAmount: null }],
  ['minimumAmount', { minimumAmount: null }],
  ['maximumAmount', { maximumAmount: null }],
  ['startDate', { startDate: null }],
  ['expiryDate', { expiryDate: null }],
  ['numberOfPayments', { numberOfPayments: null }],
  ['minimumDaysBetweenPayments', { minimumDays: null }],
];

const ALL_BROKEN: AgreementClaim = {
  ...AGREEMENT,
  fixedAmount: eur(1n),
  minimumAmount: eur(1001n),
  maximumAmount: eur(999n),
  startDate: '2026-12-01',
  expiryDate: '2026-11-01',
  numberOfPayments: 1,
  paymentsMade: 1,
  minimumDays: 2,
  daysSinceLast: 1,
};

describe('what a merchant may charge under an agreement', () => {
  it.each<{ name: string; limit: Limit }>(LIMITS.map((limit) => ({ name: limit[0], limit })))('$name', ({ limit }) => {
    const [, limits, refused, amount = eur(1000n)] = limit;
    for (const type of AGREEMENT_TYPES) {
      const answer = judged({ ...PLAIN_CHARGE, amount, agreement: { ...AGREEMENT, type, ...limits } });
      if (refused === null) expect(answer).toEqual(ALLOWED);
      else {
        const code = amount.currency === 'EUR' ? 'AGREEMENT_LIMIT_EXCEEDED' : 'CURRENCY_MISMATCH';
        expect(answer).toMatchObject({ code, message: expect.stringMatching(refused) });
      }
    }
  });

  it('is refused for one limit after another until it is within all', () => {
    let agreement = ALL_BROKEN;
    for (const [field, mended] of ONE_AFTER_ANOTHER) {
      const message = expect.stringContaining(field);
      expect(judged({ ...PLAIN_CHARGE, agreement })).toMatchObject({ code: 'AGREEMENT_LIMIT_EXCEEDED', message });
      agreement = { ...agreement, ...mended };
    }
    expect(judged({ ...PLAIN_CHARGE, agreement })).toEqual(ALLOWED);
  });

  it('is no matter of limits while it may not be charged at all', () => {
    const agreement = { ...ALL_BROKEN, inForce: false, status: 'CANCELED' };
    expect(judged({ ...PLAIN_CHARGE, agreement })).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    const another = { ...ALL_BROKEN, credentialIsIts: false };
    expect(judged({ ...PLAIN_CHARGE, agreement: another })).toMatchObject({ code: 'NEW_CIT_REQUIRED' });
  });

  it('does not bind what the payer pays in person', () => {
    const sources = TRANSACTION_SOURCES.filter((each) => !['MERCHANT', 'CARD_PRESENT', 'PAYER_PRESENT'].includes(each));
    for (const source of sources)
      for (const position of ['FIRST', 'LATER'] as const)
        for (const [, limits, , amount = eur(1000n)] of [...BROKEN, ['all', ALL_BROKEN, null] as const]) {
          const agreement = { ...AGREEMENT, ...limits, position };
          expect(judged({ ...PLAIN_PAYMENT, source, amount, agreement })).toMatchObject({
            source,
            store: position === 'FIRST',
          });
        }
  });
});
