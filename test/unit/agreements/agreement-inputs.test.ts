import {
  agreementFromOrderOf,
  importedAgreementOf,
  newAgreementOf,
} from '../../../src/features/agreements/agreement-inputs.js';
import {
  agreementNamedBy,
  balanceReportedOf,
  changesWantedOf,
  chargeWantedOf,
  replacementWantedOf,
} from '../../../src/features/agreements/change-agreement-inputs.js';
import type { InputRules } from '../../../src/features/orders/index.js';
import type { Principal } from '../../../src/features/tenancy/index.js';
import type { DomainError } from '../../../src/kernel/errors.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const RULES: InputRules = { httpUrlsAllowed: false, cardDataAccepted: false, now: () => NOW, nowOf: () => NOW };

const merchantId = newUuid();
const principal: Principal = {
  kind: 'MERCHANT',
  operatorId: newUuid(),
  merchantId,
  mode: 'TEST',
  scopes: new Set(['agreements:write']),
  keyId: newUuid(),
  orderId: null,
};
const agreementUuid = newUuid();
const agreementId = publicId('agreement', agreementUuid);

const TERMS = { type: 'RECURRING', amountVariability: 'FIXED' };
const NEW = { payer: { reference: 'P-1' }, terms: TERMS, currency: 'EUR' };
const created = (input: object, rules = RULES) => newAgreementOf(principal, { ...NEW, ...input } as never, rules);

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    const { code, message, issues } = error as DomainError;
    return { code, message, paths: issues.map(({ path }) => path.join('.')), all: JSON.stringify({ message, issues }) };
  }
  throw new Error('it was not refused');
}

describe('a new agreement', () => {
  it('is the merchant’s of the key, with null for what was not said', () => {
    expect(created({})).toEqual({
      merchantId,
      mode: 'TEST',
      accountId: null,
      payer: { reference: 'P-1' },
      given: expect.objectContaining({ type: 'RECURRING', metadata: {} }),
      currency: 'EUR',
      payment: null,
      firstAmount: null,
      firstOrderNumber: null,
      chargeAmount: null,
      schedule: null,
      installments: null,
      topUp: null,
      returnUrl: null,
    });
  });

  it('has a schedule whose zone and hour the merchant’s settings may decide', () => {
    const schedule = { period: 'MONTH', startDate: '2027-01-31' };
    expect(created({ schedule }).schedule).toEqual({
      ...schedule,
      interval: 1,
      finishDate: null,
      timeZone: null,
      localTime: null,
    });
  });

  it('has all faults of its form told at once, each where it stands', () => {
    const refused = refusal(() =>
      created({
        terms: { ...TERMS, numberOfPayments: 1000 },
        currency: 'EURO',
        firstAmount: '1,50',
        firstOrderNumber: '',
        chargeAmount: { fixed: '1.00', range: { from: '1', to: '2' } },
        schedule: { period: 'MONTH', interval: 0, startDate: '2026-13-01', timeZone: '+01:00', localTime: '24:00' },
        installments: { total: '100', parts: 1 },
        topUp: { threshold: '-1', amount: 'all' },
        returnUrl: 'http://shop.example',
      }),
    );
    expect(refused.code).toBe('INVALID_INPUT');
    expect(refused.paths.toSorted()).toEqual(
      [
        ...['terms.numberOfPayments', 'currency', 'firstAmount', 'firstOrderNumber', 'chargeAmount', 'returnUrl'],
        ...['schedule.interval', 'schedule.startDate', 'schedule.timeZone', 'schedule.localTime'],
        ...['installments.parts', 'topUp.threshold', 'topUp.amount'],
      ].toSorted(),
    );
  });

  it.each([
    ['none', {}],
    ['two', { fixed: '1', sequence: ['1'] }],
    ['all', { fixed: '1', range: { from: '1', to: '2' }, sequence: ['1'] }],
  ])('has exactly one kind of amount, not %s', (_, chargeAmount) => {
    const refused = refusal(() => created({ chargeAmount }));
    expect(refused.message).toBe('chargeAmount: must have exactly one of fixed, range and sequence');
  });

  it('names the amount of a sequence that is none', () => {
    expect(refusal(() => created({ chargeAmount: { sequence: ['1', 'x', '3'] } })).paths).toEqual([
      'chargeAmount.sequence.1',
    ]);
    const long = { sequence: Array.from({ length: 1000 }, () => '1') };
    expect(refusal(() => created({ chargeAmount: long })).paths).toEqual(['chargeAmount.sequence']);
  });

  it('takes its notes from one place', () => {
    const metadata = { plan: 'gold' };
    expect(created({ metadata }).given.metadata).toEqual(metadata);
    expect(created({ terms: { ...TERMS, metadata } }).given.metadata).toEqual(metadata);
    expect(refusal(() => created({ metadata, terms: { ...TERMS, metadata } })).paths).toEqual(['metadata']);
  });

  it('says nothing of a card that it does not take', () => {
    const card = { number: '4242424242424242', expiryMonth: 1, expiryYear: 2031, cvc: '737' };
    const refused = refusal(() => created({ payment: { credential: { card } }, currency: '' }));
    expect(refused).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED', paths: [] });
    const replaced = refusal(() =>
      replacementWantedOf({ agreementId, payment: { credential: { card } } } as never, RULES),
    );
    expect(replaced.code).toBe('CARD_DATA_NOT_ALLOWED');
    for (const value of ['4242', '2031', '737']) expect(refused.all + replaced.all).not.toContain(value);
  });

  it('has the faults of a card that it takes told without the card', () => {
    const card = { number: '4242424242424241', expiryMonth: 1, expiryYear: 2031, cvc: '7' };
    const refused = refusal(() => created({ payment: { credential: { card } } }, { ...RULES, cardDataAccepted: true }));
    expect(refused.paths).toEqual(['payment.credential.card.number', 'payment.credential.card.cvc']);
    for (const value of ['4242', '2031']) expect(refused.all).not.toContain(value);
  });

  it('is refused for a merchant that is not the key’s, as for one that never was', () => {
    expect(refusal(() => created({ merchantId: publicId('merchant', newUuid()) })).code).toBe('NOT_FOUND');
    expect(refusal(() => created({ merchantId: 'mer_none' })).code).toBe('NOT_FOUND');
    expect(refusal(() => created({ paymentSystemAccountId: 'psa_none' })).code).toBe('NOT_FOUND');
  });
});

describe('a day of an agreement', () => {
  const schedule = { period: 'MONTH', startDate: '2027-01-31' };
  const imported = (input: object) =>
    importedAgreementOf(principal, {
      ...NEW,
      credential: { token: 'pm_1', externalCustomerId: 'cus_1' },
      firstTransaction: { date: '2025-01-31', reference: 'T-1' },
      ...input,
    });
  const places: readonly [string, (day: string) => unknown][] = [
    ['terms.startDate', (startDate) => created({ terms: { ...TERMS, startDate } })],
    ['terms.expiryDate', (expiryDate) => created({ terms: { ...TERMS, expiryDate } })],
    ['schedule.startDate', (startDate) => created({ schedule: { ...schedule, startDate } })],
    ['schedule.finishDate', (finishDate) => created({ schedule: { ...schedule, finishDate } })],
    ['firstTransaction.date', (date) => imported({ firstTransaction: { date, reference: 'T-1' } })],
    ['lastPaymentDate', (lastPaymentDate) => imported({ lastPaymentDate })],
    ['expiryDate', (expiryDate) => changesWantedOf({ agreementId, expiryDate })],
  ];

  it.each(places)('is one that every zone and the database can write: %s', (path, given) => {
    for (const day of ['1970-01-01', '2199-12-31']) expect(() => given(day)).not.toThrow();
    for (const day of ['0000-01-01', '1969-12-31', '2200-01-01', '9999-12-31']) {
      const { code, message, paths } = refusal(() => given(day));
      expect({ code, paths, message }).toEqual({
        code: 'INVALID_INPUT',
        paths: [path],
        message: `${path}: must be a day from 1970-01-01 to 2199-12-31, not ${day}`,
      });
    }
  });
});

describe('an imported agreement', () => {
  const IMPORTED = {
    ...NEW,
    credential: { token: 'pm_1', externalCustomerId: 'cus_1' },
    firstTransaction: { date: '2025-01-31', reference: 'T-1' },
  };
  const imported = (input: object) => importedAgreementOf(principal, { ...IMPORTED, ...input });

  it('says what its payer did before, and what is charged from now on', () => {
    const { credential, firstTransaction } = IMPORTED;
    expect(imported({ paymentsMade: 7 })).toMatchObject({ credential, firstTransaction, paymentsMade: 7 });
    const uuid = newUuid();
    expect(imported({ credential: { storedCredentialId: publicId('storedCredential', uuid) } })).toMatchObject({
      credential: { storedCredentialId: uuid },
      paymentsMade: 0,
    });
  });

  it.each([
    ['neither', {}, ['credential']],
    ['a token without its customer', { token: 'pm_1' }, ['credential.externalCustomerId']],
    ['a customer alone', { externalCustomerId: 'cus_1' }, ['credential', 'credential.externalCustomerId']],
  ])('is charged with a token of a customer or what is stored: not %s', (_, credential, paths) => {
    expect(refusal(() => imported({ credential })).paths).toEqual(paths);
  });
});

describe('an agreement from an order', () => {
  it('names its order', () => {
    const uuid = newUuid();
    const wanted = agreementFromOrderOf({ orderId: publicId('order', uuid), terms: TERMS });
    expect(wanted).toMatchObject({ orderId: uuid, chargeAmount: null, schedule: null, terms: { type: 'RECURRING' } });
    expect(refusal(() => agreementFromOrderOf({ orderId: 'ord_none', terms: TERMS })).code).toBe('NOT_FOUND');
  });
});

describe('what is wanted of an agreement', () => {
  it('is changed where something is said: null takes away, and silence changes nothing', () => {
    const said = { agreementId, expiryDate: null, schedule: null, maximumAmount: '20', topUp: undefined };
    expect(changesWantedOf(said)).toEqual({
      agreementId: agreementUuid,
      changes: { expiryDate: null, schedule: null, maximumAmount: '20' },
    });
    expect(changesWantedOf({ agreementId }).changes).toEqual({});
  });

  it('is a period or an extra charge, not both', () => {
    expect(chargeWantedOf({ agreementId })).toEqual({
      agreementId: agreementUuid,
      amount: null,
      orderNumber: null,
      description: null,
      period: null,
      outsideSchedule: false,
    });
    expect(refusal(() => chargeWantedOf({ agreementId, period: 3, outsideSchedule: true })).paths).toEqual(['period']);
    expect(refusal(() => chargeWantedOf({ agreementId, period: 0 })).paths).toEqual(['period']);
  });

  it('is a balance that may be less than nothing', () => {
    expect(balanceReportedOf({ agreementId, balance: '-3.50' }).balance).toBe('-3.50');
    expect(refusal(() => balanceReportedOf({ agreementId, balance: 'low' })).paths).toEqual(['balance']);
  });

  it('is of an agreement that is known', () => {
    expect(agreementNamedBy({ agreementId })).toEqual({ agreementId: agreementUuid });
    for (const id of ['', 'agr_none', publicId('order', agreementUuid)]) {
      expect(refusal(() => agreementNamedBy({ agreementId: id })).code).toBe('NOT_FOUND');
    }
  });
});
