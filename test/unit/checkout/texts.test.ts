import { describe, expect, it } from '@jest/globals';
import { TEXTS } from '../../../src/features/checkout/domain/all-texts.js';
import { amountText, countryName, dayText, momentText } from '../../../src/features/checkout/domain/amount-text.js';
import { type ConsentTerms, consentSentences } from '../../../src/features/checkout/domain/consent.js';
import { languageFor, PAGE_LANGUAGES } from '../../../src/features/checkout/domain/language.js';
import { REFUSALS } from '../../../src/features/checkout/domain/texts.js';
import { CURRENCIES, type Currency, fractionDigits } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

const money = (minor: bigint, currency: string) => Money.of(minor, currency as Currency);
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

describe('the texts', () => {
  it.each(PAGE_LANGUAGES)('say everything in %s, and nothing twice the same as in English', (language) => {
    const said = saidBy(TEXTS[language]);
    const english = saidBy(TEXTS.en);
    expect([...said.keys()]).toEqual([...english.keys()]);
    expect([...said.values()].filter((text) => text.trim() === '' || text.includes('undefined'))).toEqual([]);
    if (language === 'en') return;
    // A name with a number is the same in all languages.
    const same = [...said].filter(([path, text]) => english.get(path) === text).map(([path]) => path);
    expect(same).toEqual(['numbered']);
  });

  it('have a page for every refusal', () => {
    for (const language of PAGE_LANGUAGES) expect(Object.keys(TEXTS[language].refusals)).toEqual([...REFUSALS]);
  });
});

/** Every text by its path; functions are asked with a name, or with a count. */
function saidBy(texts: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]): [string, string][] => {
      const here = path === '' ? key : `${path}.${key}`;
      if (typeof value === 'string') return [[here, value]];
      const made = typeof value === 'function' ? value(...(COUNTED.test(here) ? [3, 3] : ['Shop', 3])) : value;
      return typeof made === 'string' ? [[here, made]] : [...saidBy(made, here)];
    }),
  );
}

const COUNTED = /\.every\.|\.payments$/;

describe('amounts', () => {
  it.each([
    ['en', 1234567n, 'EUR', '€12,345.67'],
    ['ro', 1234567n, 'EUR', '12.345,67 EUR'],
    ['ru', 1234567n, 'EUR', '12 345,67 €'],
    ['en', 1000n, 'JPY', 'JP¥1,000'],
    ['ru', 1000n, 'JPY', '1 000 ¥'],
    ['en', 12_345n, 'KWD', 'KWD 12.345'],
    ['ro', 5n, 'ISK', '5 ISK'],
    ['en', 123_456n, 'UGX', 'UGX 123,456'],
  ] as const)('in %s are written as %s %s: %s', (language, minor, currency, text) => {
    expect(plain(amountText(money(minor, currency), language))).toBe(text);
  });

  it('keep every digit, however large they are', () => {
    for (const language of PAGE_LANGUAGES) {
      for (const currency of CURRENCIES) {
        const amount = money(999_999_999_999_999n, currency);
        const digits = amountText(amount, language).replaceAll(/\D/g, '');
        expect([currency, digits]).toEqual([currency, '999999999999999']);
        const small = amountText(money(1n, currency), language)
          .replaceAll(/[^\d.,]/g, '')
          .replace(/^[.,]+|[.,]+$/g, '');
        const decimals = fractionDigits(currency);
        expect([currency, small.replace(',', '.')]).toEqual([currency, (1 / 10 ** decimals).toFixed(decimals)]);
      }
    }
  });
});

describe('days, moments and countries', () => {
  it('are written as they are where payers are', () => {
    expect(PAGE_LANGUAGES.map((language) => plain(dayText('2027-01-31', language)))).toEqual([
      '31 January 2027',
      '31 ianuarie 2027',
      '31 января 2027 г.',
    ]);
    const moment = new Date('2026-11-22T22:30:00Z');
    expect(PAGE_LANGUAGES.map((language) => plain(momentText(moment, language, 'Europe/Chisinau')))).toEqual([
      expect.stringContaining('23 November'),
      expect.stringContaining('23 noiembrie'),
      expect.stringContaining('23 ноября'),
    ]);
    expect(PAGE_LANGUAGES.map((language) => countryName('DE', language))).toEqual(['Germany', 'Germania', 'Германия']);
  });
});

describe('the language of a page', () => {
  it.each([
    [{ chosen: 'ro', ofOrder: 'ru', accepted: 'en' }, 'ro'],
    [{ chosen: 'xx', ofOrder: 'ru', accepted: 'en' }, 'ru'],
    [{ chosen: undefined, ofOrder: null, accepted: 'de, ro;q=0.5, ru-MD;q=0.8' }, 'ru'],
    [{ chosen: ['ro'], ofOrder: null, accepted: 'de-DE' }, 'en'],
    [{ chosen: undefined, ofOrder: null, accepted: 'mo' }, 'ro'],
    [{ chosen: undefined, ofOrder: null, accepted: 'ru;q=0, en;q=0.1' }, 'en'],
    [{ chosen: undefined, ofOrder: null, accepted: ';;;,,q=1' }, 'en'],
    [{ chosen: '', ofOrder: null, accepted: undefined }, 'en'],
    [{ chosen: null, ofOrder: null, accepted: 'ru;q=0' }, 'en'],
    [{ chosen: null, ofOrder: null, accepted: 'ro;q=0.75, ru;q=0.8' }, 'ru'],
    [{ chosen: null, ofOrder: null, accepted: 'ro;q=0.75,ru;q=0.7' }, 'ro'],
    [{ chosen: null, ofOrder: null, accepted: 'ro;q=0.5, ru;q=1' }, 'ru'],
    [{ chosen: null, ofOrder: null, accepted: 'ro;q=0.5 , ru ; q=0.9 ' }, 'ru'],
    [{ chosen: null, ofOrder: null, accepted: 'ro;q=0.5,ru;q=0.9 ' }, 'ru'],
    [{ chosen: null, ofOrder: null, accepted: 'ro,ru' }, 'ro'],
    [{ chosen: null, ofOrder: null, accepted: 'RO-md' }, 'ro'],
    [{ chosen: null, ofOrder: null, accepted: '1 ru' }, 'en'],
    [{ chosen: null, ofOrder: null, accepted: 'ru!' }, 'en'],
    [{ chosen: null, ofOrder: null, accepted: `${'de,'.repeat(166)}ru` }, 'ru'],
    [{ chosen: null, ofOrder: null, accepted: `${'de,'.repeat(167)}ru` }, 'en'],
  ])('of %j is %s', (wishes, language) => {
    expect(languageFor(wishes)).toBe(language);
  });
});

describe('what a payer agrees to', () => {
  const terms = (more: Partial<ConsentTerms>): ConsentTerms => ({
    inParts: false,
    usual: null,
    isFixed: false,
    least: null,
    most: null,
    daysBetween: null,
    total: null,
    every: null,
    from: null,
    until: null,
    payments: null,
    ...more,
  });
  const said = (more: Partial<ConsentTerms>, language: 'en' | 'ro' | 'ru' = 'en') =>
    consentSentences(terms(more), 'Shop', language).map(plain);

  it('says who, how much, how often, until when, and how to stop', () => {
    expect(
      said({
        usual: { kind: 'FIXED', each: money(1500n, 'EUR') },
        isFixed: true,
        every: { unit: 'MONTH', interval: 1 },
        from: '2027-01-31',
        payments: 12,
      }),
    ).toEqual([
      'Shop may charge this payment method later, without asking you each time.',
      'Each time €15.00.',
      'Every month, from 31 January 2027, 12 times at most.',
      'You can stop this at any time: tell Shop, or your bank.',
    ]);
    expect(said({ most: money(5000n, 'EUR') })[2]).toBe('When Shop asks for it, until you stop it.');
    expect(
      said({
        inParts: true,
        usual: { kind: 'FIXED', each: money(100n, 'EUR') },
        isFixed: true,
        total: money(300n, 'EUR'),
        payments: 3,
      }),
    ).toContain('Together €3.00.');
  });

  it('never says less than what may be charged', () => {
    const usual = { kind: 'FIXED', each: money(2000n, 'EUR') } as const;
    const range = { kind: 'BETWEEN', from: money(100n, 'EUR'), to: money(200n, 'EUR') } as const;
    const most = money(5000n, 'EUR');
    const amounts = (more: Partial<ConsentTerms>) => said(more).slice(1, -2);
    expect(amounts({ usual, most })).toEqual(['Usually €20.00 each time.', 'Each time €50.00 at most.']);
    expect(amounts({ usual })).toEqual(['Usually €20.00 each time.', 'The amount may differ from that.']);
    expect(amounts({ usual: range, most })).toEqual([
      'Usually between €1.00 and €2.00 each time.',
      'Each time €50.00 at most.',
    ]);
    expect(amounts({ usual: range, isFixed: true })).toEqual(['Each time between €1.00 and €2.00.']);
    expect(amounts({ most })).toEqual(['Each time €50.00 at most.']);
    expect(amounts({ least: money(100n, 'EUR'), most })).toEqual(['Each time between €1.00 and €50.00.']);
    expect(amounts({})).toEqual(['Each time the amount that is due then.']);
    expect(said({ daysBetween: 30 })).toContain('At least 30 days lie between two charges.');
  });

  it.each([
    [1, 'Каждый день'],
    [2, 'Каждые 2 дня'],
    [5, 'Каждые 5 дней'],
    [21, 'Каждый 21 день'],
  ])('in Russian counts %i days', (interval, text) => {
    expect(said({ every: { unit: 'DAY', interval } }, 'ru')[2]).toContain(text);
  });

  it('says from when until when, and that it goes on where nothing ends it', () => {
    const when = (more: Partial<ConsentTerms>) => said({ every: { unit: 'YEAR', interval: 2 }, ...more })[2];
    expect(when({})).toBe('Every 2 years, until you stop it.');
    expect(when({ from: '2027-01-31', until: '2028-02-29' })).toBe(
      'Every 2 years, from 31 January 2027, until 29 February 2028.',
    );
    expect(when({ until: '2028-02-29', payments: 1 })).toBe('Every 2 years, until 29 February 2028, once.');
    expect(when({ payments: 2 })).toBe('Every 2 years, 2 times at most.');
  });

  it.each([
    ['en', 1, 'Not more than once a day.', 'once'],
    ['en', 2, 'At least 2 days lie between two charges.', '2 times at most'],
    ['ro', 1, 'Nu mai des de o dată pe zi.', 'o singură dată'],
    ['ro', 2, 'Cel puțin 2 zile între două debitări.', 'de cel mult 2 ori'],
    ['ro', 19, 'Cel puțin 19 zile între două debitări.', 'de cel mult 19 ori'],
    ['ro', 20, 'Cel puțin 20 de zile între două debitări.', 'de cel mult 20 de ori'],
    ['ro', 100, 'Cel puțin 100 de zile între două debitări.', 'de cel mult 100 de ori'],
    ['ro', 101, 'Cel puțin 101 zile între două debitări.', 'de cel mult 101 ori'],
    ['ru', 1, 'Не чаще одного раза в день.', 'один раз'],
    ['ru', 2, 'Между двумя списаниями не меньше дней: 2.', 'не больше 2 раз'],
    ['ru', 11, 'Между двумя списаниями не меньше дней: 11.', 'не больше 11 раз'],
    ['ru', 21, 'Между двумя списаниями не меньше дней: 21.', 'не больше 21 раза'],
  ] as const)('in %s counts %i', (language, count, days, payments) => {
    const text = said({ daysBetween: count, payments: count }, language);
    expect(text[3]).toBe(days);
    expect(text[2]?.endsWith(`, ${payments}.`)).toBe(true);
  });

  it.each([
    ['WEEK', 1, 'Каждую неделю'],
    ['WEEK', 21, 'Каждую 21 неделю'],
    ['WEEK', 2, 'Каждые 2 недели'],
    ['WEEK', 5, 'Каждые 5 недель'],
    ['MONTH', 1, 'Каждый месяц'],
    ['MONTH', 21, 'Каждый 21 месяц'],
    ['MONTH', 3, 'Каждые 3 месяца'],
    ['MONTH', 5, 'Каждые 5 месяцев'],
    ['YEAR', 1, 'Каждый год'],
    ['YEAR', 21, 'Каждый 21 год'],
    ['YEAR', 2, 'Каждые 2 года'],
    ['YEAR', 5, 'Каждые 5 лет'],
  ] as const)('in Russian counts by %s %i', (unit, interval, text) => {
    expect(said({ every: { unit, interval } }, 'ru')[2]).toContain(text);
  });

  it.each([
    ['DAY', 'Every day', 'Every 3 days'],
    ['WEEK', 'Every week', 'Every 3 weeks'],
    ['MONTH', 'Every month', 'Every 3 months'],
    ['YEAR', 'Every year', 'Every 3 years'],
  ] as const)('in English counts by %s', (unit, one, three) => {
    expect(said({ every: { unit, interval: 1 } })[2]).toBe(`${one}, until you stop it.`);
    expect(said({ every: { unit, interval: 3 } })[2]).toBe(`${three}, until you stop it.`);
  });

  it.each([
    ['DAY', 'În fiecare zi', 'O dată la 2 zile'],
    ['WEEK', 'În fiecare săptămână', 'O dată la 2 săptămâni'],
    ['YEAR', 'În fiecare an', 'O dată la 2 ani'],
  ] as const)('in Romanian counts by %s', (unit, one, two) => {
    expect(said({ every: { unit, interval: 1 } }, 'ro')[2]).toContain(`${one}, `);
    expect(said({ every: { unit, interval: 2 } }, 'ro')[2]).toContain(`${two}, `);
  });

  it.each([
    [1, 'În fiecare lună'],
    [2, 'O dată la 2 luni'],
    [24, 'O dată la 24 de luni'],
  ])('in Romanian counts %i months', (interval, text) => {
    expect(said({ every: { unit: 'MONTH', interval } }, 'ro')[2]).toContain(text);
  });

  it('fits into what the payment system takes, whatever the shop is called', () => {
    const long = consentSentences(
      terms({
        inParts: true,
        usual: { kind: 'BETWEEN', from: money(10n ** 15n, 'IDR'), to: money(10n ** 15n, 'IDR') },
        most: money(10n ** 15n, 'IDR'),
        daysBetween: 9999,
        total: money(10n ** 15n, 'IDR'),
        every: { unit: 'MONTH', interval: 12 },
        from: '2027-09-30',
        until: '2037-09-30',
        payments: 999,
      }),
      'S'.repeat(200),
      'ru',
    );
    expect(long.join(' ').length).toBeLessThan(1_200);
  });
});
