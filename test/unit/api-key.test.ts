import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { equalDigests, newApiKey, parseApiKey } from '../../src/platform/secrets/api-key.js';

const MODES = ['test', 'live'] as const;
const KINDS = ['plat', 'op', 'mer'] as const;
const form = fc.record({ mode: fc.constantFrom(...MODES), kind: fc.constantFrom(...KINDS) });

describe('an API key', () => {
  it('says what it is, and is stored as a hash and a hint only', () => {
    fc.assert(
      fc.property(form, ({ mode, kind }) => {
        const { key, hash, hint } = newApiKey({ mode, kind });
        expect(key).toMatch(new RegExp(`^qtt_${mode}_${kind}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$`));
        expect(hash).toBe(createHash('sha256').update(key).digest('hex'));
        expect(hint).toBe(`qtt_${mode}_${kind}_…${key.slice(-4)}`);
        expect(parseApiKey(key)).toEqual({ mode, kind, hash });
      }),
    );
  });

  it('is never the same twice, and uses the whole alphabet', () => {
    const keys = Array.from({ length: 1000 }, () => newApiKey({ mode: 'test', kind: 'mer' }).key);
    expect(new Set(keys).size).toBe(1000);
    expect(new Set(keys.join('').replaceAll('_', '')).size).toBe(62);
  });

  it('is refused with any one character changed, left out or exchanged', () => {
    const { key } = newApiKey({ mode: 'live', kind: 'op' });
    for (let at = 0; at < key.length; at++) {
      const changed = key.charAt(at) === '7' ? '8' : '7';
      expect(parseApiKey(key.slice(0, at) + changed + key.slice(at + 1))).toBeNull();
      expect(parseApiKey(key.slice(0, at) + key.slice(at + 1))).toBeNull();
    }
    expect(parseApiKey(key.replace('_live_', '_test_'))).toBeNull();
    expect(parseApiKey(key.replace('_op_', '_plat_'))).toBeNull();
  });

  it.each(['', 'qtt_', 'sk_test_51H', 'qtt_test_mer_x_y', ' ', '\n'])('is not %p', (text) => {
    expect(parseApiKey(text)).toBeNull();
    expect(parseApiKey(newApiKey({ mode: 'test', kind: 'mer' }).key + (text || ' '))).toBeNull();
  });

  it('of a megabyte is not looked at', () => {
    expect(parseApiKey(`qtt_test_mer_${'a'.repeat(1_000_000)}`)).toBeNull();
  });
});

it('compares digests', () => {
  const [one, other] = [newApiKey({ mode: 'test', kind: 'mer' }).hash, newApiKey({ mode: 'test', kind: 'mer' }).hash];
  expect(equalDigests(one, one)).toBe(true);
  expect(equalDigests(one, other)).toBe(false);
  expect(equalDigests(one, one.slice(0, -2))).toBe(false);
  expect(equalDigests('', '')).toBe(false);
});
