import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText, isTimely, readForm } from '../../../src/features/checkout/domain/pay-form.js';
import { formSignature, signingSecretIndex } from '../../../src/features/checkout/form-signature.js';

const GOOD = {
  merchant: 'mer_1',
  orderNumber: 'A-1',
  amount: '10.00',
  currency: 'EUR',
  timestamp: '1780000000',
  signature: 'a'.repeat(64),
};

const issuesOf = (pairs: [string, string][]) => {
  const form = readForm(pairs);
  return 'issues' in form ? form.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
};

describe('a payment form', () => {
  it('is read as its fields, empty ones among them', () => {
    expect(readForm(Object.entries({ ...GOOD, email: '' }))).toEqual({ fields: { ...GOOD, email: '' } });
  });

  it('is refused with all that is wrong at once', () => {
    expect(
      issuesOf([
        ['merchant', 'mer_1'],
        ['merchant', 'mer_2'],
        ['amount', '10.00\nprice=1'],
        ['currency', '\uFFFDUR'],
        ['card', '1'],
        ['__proto__', 'x'],
        ['timestamp', 'now'],
        ['signature', 'abc'],
      ]),
    ).toEqual([
      'merchant: is there twice',
      'amount: must not have line ends or other control characters',
      'currency: must be UTF-8',
      'card: is not a field of this form',
      '__proto__: is not a field of this form',
      'orderNumber: is missing',
      'signature: must be 64 hexadecimal digits: HMAC-SHA256 of the other fields',
      'timestamp: must be the time in whole seconds since 1970',
    ]);
  });

  it.each([
    [{ signature: 'a'.repeat(65) }, 'signature'],
    [{ signature: `x${'a'.repeat(64)}` }, 'signature'],
    [{ timestamp: '1780000000x' }, 'timestamp'],
    [{ timestamp: '-1780000000' }, 'timestamp'],
    [{ timestamp: '1'.repeat(13) }, 'timestamp'],
  ])('has a signature of 64 digits and a time of 12 at most: not %j', (wrong, field) => {
    expect(issuesOf(Object.entries({ ...GOOD, ...wrong })).map((issue) => issue.split(':')[0])).toEqual([field]);
    expect(issuesOf(Object.entries({ ...GOOD, timestamp: '1'.repeat(12), signature: 'A'.repeat(64) }))).toEqual([]);
  });

  it('shows of a name that is none of ours only its beginning', () => {
    expect(issuesOf([['x'.repeat(500), '']])[0]).toBe(`${'x'.repeat(40)}…: is not a field of this form`);
    expect(issuesOf([['x'.repeat(40), '']])[0]).toBe(`${'x'.repeat(40)}: is not a field of this form`);
    expect(issuesOf([['a\u0000b 4242424242424242', '']])[0]).toBe('a b ************4242: is not a field of this form');
    expect(issuesOf([['\u0000', '']])[0]).toBe('(no name): is not a field of this form');
  });

  it('needs what it needs: an empty field is none', () => {
    expect(issuesOf(Object.entries({ ...GOOD, orderNumber: '' }))).toEqual(['orderNumber: is missing']);
  });
});

describe('the text that is signed', () => {
  it('is a first line that says what it is, and a line for each field by name', () => {
    expect(canonicalText({ ...GOOD, email: '', description: 'Tea, 100 g = fine' })).toBe(
      [
        'quittance-pay-v1',
        'amount=10.00',
        'currency=EUR',
        'description=Tea, 100 g = fine',
        'email=',
        'merchant=mer_1',
        'orderNumber=A-1',
        'timestamp=1780000000',
      ].join('\n'),
    );
  });

  it('is never the same for two forms', () => {
    const value = fc.string().filter((text) => !/\p{Cc}|\uFFFD/u.test(text));
    const form = fc.record(
      { orderNumber: value, amount: value, description: value, email: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(form, form, (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(canonicalText(a) === canonicalText(b)).toBe(isSame);
      }),
      { numRuns: 1_000 },
    );
  });
});

function sorted(fields: object): [string, unknown][] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('its signature', () => {
  const text = canonicalText(GOOD);

  it('is HMAC-SHA256 in hexadecimal, keyed with the secret as it is shown', () => {
    // As `printf 'quittance-pay-v1' | openssl dgst -sha256 -hmac whsec_dGVzdA==` has it.
    expect(formSignature('whsec_dGVzdA==', 'quittance-pay-v1')).toBe(
      '1ae4ef818e4574888b975acac112eda8e4a96e17d0cf413866d1ff43a8e8ac78',
    );
  });

  it('is found among valid secrets, whatever its case', () => {
    const signature = formSignature('b', text);
    expect(signingSecretIndex(['a', 'b', 'c'], text, signature)).toBe(1);
    expect(signingSecretIndex(['a', 'b', 'c'], text, signature.toUpperCase())).toBe(1);
  });

  it('is none where the secret, the text or a digit differs, and where there are no secrets', () => {
    const signature = formSignature('b', text);
    expect(signingSecretIndex(['a', 'c'], text, signature)).toBe(-1);
    expect(signingSecretIndex(['b'], `${text} `, signature)).toBe(-1);
    expect(signingSecretIndex(['b'], text, `${signature.slice(0, -1)}${signature.endsWith('0') ? '1' : '0'}`)).toBe(-1);
    expect(signingSecretIndex(['b'], text, signature.slice(0, 32))).toBe(-1);
    expect(signingSecretIndex([], text, signature)).toBe(-1);
    expect(signingSecretIndex([''], text, 'ä'.repeat(32))).toBe(-1);
  });
});

describe('the time in which it is taken', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const at = (seconds: number) => String(now.getTime() / 1000 + seconds);

  it.each([
    [0, true],
    [-3600, true],
    [-3601, false],
    [300, true],
    [301, false],
  ])('%i seconds from now: %s', (seconds, isTaken) => {
    expect(isTimely(at(seconds), now)).toBe(isTaken);
  });
});
