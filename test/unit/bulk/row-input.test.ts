import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { digestText } from '../../../src/features/bulk/domain/row-digest.js';
import type { BulkKind } from '../../../src/features/bulk/domain/words.js';
import { rowAsked } from '../../../src/features/bulk/row-checks.js';
import { fileColumns, readRow } from '../../../src/features/bulk/row-input.js';
import type { InputRules } from '../../../src/features/orders/index.js';
import type { Principal } from '../../../src/features/tenancy/index.js';
import type { DomainError } from '../../../src/kernel/errors.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const rules: InputRules = { httpUrlsAllowed: false, cardDataAccepted: false, now: () => NOW, nowOf: () => NOW };
const principal: Principal = {
  kind: 'MERCHANT',
  operatorId: newUuid(),
  merchantId: newUuid(),
  mode: 'TEST',
  scopes: new Set(),
  keyId: newUuid(),
  orderId: null,
};
const agreement = newUuid();
const agreementIds = new Map([['gym-1', publicId('agreement', agreement)]]);

type Cells = Readonly<Record<string, string>>;

function asked(kind: BulkKind, cells: Cells) {
  const header = Object.keys(cells);
  const row = readRow(kind, fileColumns(kind, header), Object.values(cells));
  return rowAsked(kind, row, { principal, rules, agreementIds });
}

/** "column: message" of every fault, in one text a line. */
function faults(kind: BulkKind, cells: Cells): string[] {
  try {
    asked(kind, cells);
  } catch (error) {
    const { code, message, issues } = error as DomainError;
    return issues.length === 0
      ? [`${code}: ${message}`]
      : issues.map((each) => `${each.path.join('.')}: ${each.message}`);
  }
  throw new Error('the row was not refused');
}

const NEW = {
  'terms.reference': 'gym-1',
  'terms.type': 'RECURRING',
  'terms.amountVariability': 'FIXED',
  currency: 'EUR',
};
const CHARGE = { orderNumber: 'jan-1', agreementReference: 'gym-1' };
const CHANGE = { changeReference: 'c-1', agreementReference: 'gym-1' };

describe('a row of new agreements', () => {
  it('is the input of createAgreement, checked by its own rules', () => {
    const { mutation, wanted } = asked('CREATE_AGREEMENTS', {
      ...NEW,
      'payer.reference': 'ann',
      'chargeAmount.sequence': '10.00  12.50',
      'schedule.period': 'MONTH',
      'schedule.interval': '2',
      'schedule.startDate': '2027-01-31',
      'payment.credential.token': 'pm_1',
      'payment.mandate.acceptedAt': '2026-11-20T09:30:00Z',
      'terms.metadata.level.of': 'gold',
      'terms.metadata.__proto': 'x',
      returnUrl: '',
    });
    expect(mutation).toBe('createAgreement');
    expect(wanted).toMatchObject({
      merchantId: principal.merchantId,
      payer: { reference: 'ann' },
      given: { type: 'RECURRING', terms: { reference: 'gym-1' }, metadata: { 'level.of': 'gold', __proto: 'x' } },
      chargeAmount: { fixed: null, range: null, sequence: ['10.00', '12.50'] },
      schedule: { period: 'MONTH', interval: 2, startDate: '2027-01-31', finishDate: null },
      payment: { credential: { token: 'pm_1' }, source: 'INTERNET', mandate: { acceptedAt: expect.any(Date) } },
      returnUrl: null,
    });
  });

  it('is an import when it says how the payer agreed elsewhere', () => {
    const { mutation, wanted } = asked('CREATE_AGREEMENTS', {
      ...NEW,
      'firstTransaction.date': '2024-03-15',
      'firstTransaction.reference': 'ntid-1',
      'credential.token': 'pm_1',
      'credential.externalCustomerId': 'cus_1',
      paymentsMade: '12',
    });
    expect(mutation).toBe('importAgreement');
    expect(wanted).toMatchObject({ paymentsMade: 12, credential: { token: 'pm_1', externalCustomerId: 'cus_1' } });
  });

  it('is either of them', () => {
    const both = { ...NEW, 'payment.credential.token': 'pm_1', lastPaymentDate: '2026-01-01' };
    expect(faults('CREATE_AGREEMENTS', both)).toEqual([
      'payment.credential.token: does not go with lastPaymentDate: an agreement that is taken over has no first transaction here',
      'credential: is needed',
      'firstTransaction: is needed',
    ]);
  });

  it('tells all faults at once, each at its column, and what could not be read with its text', () => {
    expect(
      faults('CREATE_AGREEMENTS', {
        ...NEW,
        'terms.reference': '',
        'terms.type': 'MONTHLY',
        'terms.minimumAmount': '10,50',
        'terms.numberOfPayments': 'twelve',
        'terms.minimumDaysBetweenPayments': '10000',
        'terms.startDate': '31.01.2027',
        'terms.expiryDate': '2027-02-30',
        'chargeAmount.sequence': '10 x 12',
        'installments.firstPartNow': 'yes',
        'payment.mandate.acceptedAt': 'yesterday',
        'schedule.period': 'MONTH',
        'payer.email': 'nobody',
        currency: 'eur',
      }).sort(),
    ).toEqual(
      [
        'terms.reference: is needed',
        'terms.type: must be one of RECURRING, INSTALLMENT, UNSCHEDULED, OTHER, not "MONTHLY"',
        'terms.minimumAmount: must be a decimal number such as "10.50", not "10,50"',
        'terms.numberOfPayments: must be a whole number such as "12", not "twelve"',
        'terms.minimumDaysBetweenPayments: must be a whole number from 1 to 9999, not 10000',
        'terms.startDate: must be a day such as "2030-01-31", not "31.01.2027"',
        'terms.expiryDate: must be a day such as "2030-01-31", not "2027-02-30"',
        'chargeAmount.sequence: must be decimal numbers with spaces between them, "10.50 12", not "x"',
        'installments.firstPartNow: must be true or false, not "yes"',
        'installments.total: is needed',
        'installments.parts: is needed',
        'payment.mandate.acceptedAt: must be a moment such as "2030-01-31T09:30:00Z", not "yesterday"',
        'payment.credential: must have exactly one of token and storedCredentialId',
        'schedule.startDate: must be a day such as "2026-11-21"',
        'payer.email: is not an email address',
        'currency: "eur" is not an ISO 4217 currency code in upper case',
      ].sort(),
    );
  });
});

describe('a row of charges', () => {
  it('names the agreement by id or by reference', () => {
    expect(asked('CHARGE_AGREEMENTS', { ...CHARGE, amount: '5', outsideSchedule: 'TRUE' }).wanted).toMatchObject({
      agreementId: agreement,
      amount: '5',
      orderNumber: 'jan-1',
      outsideSchedule: true,
      period: null,
    });
    const byId = { orderNumber: 'jan-1', agreementId: publicId('agreement', agreement) };
    expect(asked('CHARGE_AGREEMENTS', byId).wanted).toMatchObject({ agreementId: agreement });
  });

  it('names exactly one, and an unknown one is none', () => {
    const id = publicId('agreement', agreement);
    expect(faults('CHARGE_AGREEMENTS', { orderNumber: 'jan-1' })).toEqual([
      'agreementReference: give exactly one of agreementId and agreementReference',
    ]);
    expect(faults('CHARGE_AGREEMENTS', { ...CHARGE, agreementId: id })).toEqual([
      'agreementReference: give only one of agreementId and agreementReference',
    ]);
    expect(faults('CHARGE_AGREEMENTS', { ...CHARGE, agreementReference: 'gym-2' })).toEqual([
      'NOT_FOUND: no such agreement',
    ]);
    expect(faults('CHARGE_AGREEMENTS', { ...CHARGE, period: '2', outsideSchedule: 'true' })).toEqual([
      'period: does not go with outsideSchedule',
    ]);
  });
});

describe('a row of changes', () => {
  it('leaves what is empty, and takes away what is null', () => {
    const { wanted } = asked('UPDATE_AGREEMENTS', {
      ...CHANGE,
      expiryDate: 'null',
      minimumAmount: '',
      schedule: 'null',
      'metadata.note': 'null',
    });
    expect(wanted).toEqual({
      agreementId: agreement,
      changes: { expiryDate: null, schedule: null, metadata: { note: 'null' } },
    });
  });

  it('takes a group away, or changes it', () => {
    const message = 'null takes all of it away: leave its other columns empty, or this one';
    for (const order of [
      { schedule: 'null', 'schedule.period': 'MONTH', 'schedule.interval': '1' },
      { 'schedule.period': 'MONTH', 'schedule.interval': '1', schedule: 'null' },
    ]) {
      expect(faults('UPDATE_AGREEMENTS', { ...CHANGE, ...order })).toContain(`schedule: ${message}`);
    }
    expect(faults('UPDATE_AGREEMENTS', { ...CHANGE, schedule: 'none' })).toEqual([
      'schedule: must be empty, or the word null, which takes all of it away, not "none"',
    ]);
    expect(faults('UPDATE_AGREEMENTS', { ...CHANGE, 'topUp.amount': 'null' })).toContain(
      'topUp.amount: must be a decimal number such as "10.50", not "null"',
    );
  });

  it('has a reference that can be kept', () => {
    expect(faults('UPDATE_AGREEMENTS', { ...CHANGE, changeReference: 'x'.repeat(101) })).toEqual([
      'changeReference: must have at most 100 characters, not 101',
    ]);
  });
});

describe('the digest of a row', () => {
  const digest = (cells: Cells) =>
    digestText(fileColumns('CHARGE_AGREEMENTS', Object.keys(cells)), Object.values(cells));

  it('does not know the order of its columns, nor empty cells, and knows everything else', () => {
    expect(digest({ orderNumber: '1', description: '2', amount: '' })).toBe(
      digest({ description: '2', orderNumber: '1' }),
    );
    expect(digest({ orderNumber: '1', description: '2' })).not.toBe(digest({ orderNumber: '2', description: '1' }));
    expect(digest({ orderNumber: '1', description: '' })).not.toBe(digest({ orderNumber: '', description: '1' }));
    expect(digest({ description: '1","amount' })).not.toBe(digest({ description: '1', amount: '' }));
  });

  it.each([
    [{ amount: '4.00' }, { amount: '4' }],
    [{ amount: '04.50' }, { amount: '4.5' }],
    [{ outsideSchedule: 'true' }, { outsideSchedule: 'TRUE' }],
    [{ orderNumber: 'a' }, { orderNumber: '\u200ba\u00a0' }],
  ])('does not know how a spreadsheet spells what it says: %j is %j', (sent, saved) => {
    expect(digest(saved)).toBe(digest(sent));
  });

  it.each([
    [{ amount: '4.00' }, { amount: '40' }],
    [{ amount: '4.0x' }, { amount: '4x' }],
    [{ amount: '0.10' }, { amount: '0.01' }],
    [{ orderNumber: 'a' }, { orderNumber: 'A' }],
    [{ description: '4.00' }, { description: '4' }],
  ])('knows %j from %j', (one, other) => {
    expect(digest(one)).not.toBe(digest(other));
  });
});

describe('a reference', () => {
  it.each([' jan-1', 'jan-1 ', '\u00a0jan-1', 'jan-1\u200b', '\ufeffjan-1', 'jan-1\t', '\u2060 jan-1 \u00ad'])(
    'is the same with what nobody sees at its edges: %j',
    (orderNumber) => {
      expect(asked('CHARGE_AGREEMENTS', { ...CHARGE, orderNumber, agreementReference: 'gym-1 ' })).toEqual(
        asked('CHARGE_AGREEMENTS', CHARGE),
      );
    },
  );
});
