import { parseValue } from 'graphql';
import * as scalars from '../../src/platform/graphql/scalars.js';

describe('Decimal', () => {
  it('takes a string in quotes and leaves its meaning to the input validation', () => {
    expect(scalars.DecimalScalar.parseValue('10.50')).toBe('10.50');
    expect(scalars.DecimalScalar.parseLiteral(parseValue('"abc"'))).toBe('abc');
  });

  it.each([['10.5'], ['10']])('tells to quote the number literal %s', (literal) => {
    expect(() => scalars.DecimalScalar.parseLiteral(parseValue(literal))).toThrow(/in quotes, such as "10.50"/);
  });

  it('tells to quote a JSON number', () => {
    expect(() => scalars.DecimalScalar.parseValue(10.5)).toThrow(/in quotes/);
  });

  it('refuses more than 64 characters', () => {
    expect(() => scalars.DecimalScalar.parseValue('1'.repeat(65))).toThrow(/at most 64/);
  });
});

describe('DateTime', () => {
  it('is a moment in, UTC out', () => {
    const date = scalars.DateTimeScalar.parseValue('2026-11-21T10:30:00+01:00');
    expect(scalars.DateTimeScalar.serialize(date)).toBe('2026-11-21T09:30:00.000Z');
  });

  it.each(['2026-11-21', '2026-02-30T00:00:00Z', '2026-11-21T09:30:00', '2026-11-21T25:00:00Z', 'now'])(
    'refuses %s',
    (text) => expect(() => scalars.DateTimeScalar.parseValue(text)).toThrow(/RFC 3339/),
  );

  it.each(['1970-01-01T00:00:00Z', '9999-12-30T23:59:59Z', '9999-12-30T23:59:59.999Z', '9999-12-31T12:59:59+14:00'])(
    'takes %s, which is as far as times go',
    (text) => expect(scalars.DateTimeScalar.parseValue(text)).toEqual(new Date(text)),
  );

  it.each([
    '1969-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T00:00:00Z',
    '9999-12-31T23:59:59-14:00',
    '9999-12-30T23:59:59-01:00',
  ])('refuses %s with its limits: no zone and no database would write it', (text) => {
    expect(() => scalars.DateTimeScalar.parseValue(text)).toThrow(
      `DateTime must lie from 1970-01-01T00:00:00Z to 9999-12-30T23:59:59Z, not "${text}"`,
    );
  });
});

describe('Date and TimeZone', () => {
  it('takes days that exist', () => {
    expect(scalars.DateScalar.parseValue('2028-02-29')).toBe('2028-02-29');
    expect(() => scalars.DateScalar.parseValue('2026-02-29')).toThrow(/must be a day/);
    expect(() => scalars.DateScalar.parseValue('2026-11-21T00:00')).toThrow(/must be a day/);
  });

  it('takes IANA names, not offsets', () => {
    expect(scalars.TimeZoneScalar.parseValue('America/Argentina/Buenos_Aires')).toBe('America/Argentina/Buenos_Aires');
    for (const bad of ['+01:00', 'Mars/Olympus', '', 'x'.repeat(100)]) {
      expect(() => scalars.TimeZoneScalar.parseValue(bad)).toThrow(/IANA name/);
    }
  });
});

describe('MinorUnits, CurrencyCode, EventCursor, URL', () => {
  it('carries a bigint as digits', () => {
    expect(scalars.MinorUnitsScalar.serialize(9007199254740993n)).toBe('9007199254740993');
    expect(scalars.MinorUnitsScalar.parseValue('9007199254740993')).toBe(9007199254740993n);
    expect(() => scalars.MinorUnitsScalar.serialize(10)).toThrow(TypeError);
  });

  it('bounds the others in length only', () => {
    expect(scalars.CurrencyCodeScalar.parseValue('nonsense')).toBe('nonsense');
    expect(() => scalars.CurrencyCodeScalar.parseValue('x'.repeat(17))).toThrow(/at most 16/);
    expect(() => scalars.UrlScalar.parseValue('x'.repeat(2049))).toThrow(/at most 2048/);
    expect(() => scalars.EventCursorScalar.parseValue(5)).toThrow(/must be a string/);
  });
});

describe('JSONObject', () => {
  it('takes objects, from variables and from literals', () => {
    expect(scalars.JsonObjectScalar.parseValue({ a: [1] })).toEqual({ a: [1] });
    const literal = parseValue('{ a: 1, b: [true, null, $c], d: { e: "f" } }');
    expect(scalars.JsonObjectScalar.parseLiteral(literal, { c: 'C' })).toEqual({
      a: 1,
      b: [true, null, 'C'],
      d: { e: 'f' },
    });
  });

  it('keeps __proto__ a key', () => {
    const value = scalars.JsonObjectScalar.parseLiteral(parseValue('{ __proto__: { admin: true } }'));
    expect((value as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([[[1]], ['text'], [null]])('refuses %j', (value) => {
    expect(() => scalars.JsonObjectScalar.parseValue(value)).toThrow(/must be an object/);
  });
});
