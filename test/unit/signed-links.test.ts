import { describe, expect, it } from '@jest/globals';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';
import { SignedLinks, TOKEN_CHARS_MAX } from '../../src/platform/secrets/signed-links.js';

const [OLD, NEW] = [generateMasterKey(), generateMasterKey()];
const NOW = new Date('2026-11-22T09:00:00Z');
const UNTIL = new Date('2026-11-22T09:15:00Z');
const FIELDS = ['inv_01jd8x2v5kfa3t9m7c4e6r0hzq', 'TEST', '', '2026-11-01'];

const links = (keys: string, purpose = 'sign files') => new SignedLinks(MasterKeys.parse(keys), purpose);
const token = links(OLD).sign(FIELDS, UNTIL);

describe('a signed link', () => {
  it('says what it was made for', () => {
    expect(links(OLD).read(token, NOW)).toEqual(FIELDS);
  });

  it('is worth nothing with another field, time or proof', () => {
    const proof = token.slice(-43);
    const altered = [
      token.replace('TEST', 'LIVE'),
      token.replace(String(UNTIL.getTime()), String(UNTIL.getTime() + 1)),
      token.replace('inv_', '.inv_'),
      token.replace('..', '.'),
      `x.${token}`,
      token.slice(0, -1),
      `${token}A`,
      token.replace(proof, [...proof].reverse().join('')),
      token.replace(proof, 'A'.repeat(43)),
      token.replace(`.${proof}`, ''),
      `${token}\n`,
      '',
    ];
    expect(altered.map((each) => links(OLD).read(each, NOW))).toEqual(altered.map(() => null));
  });

  it('is worth nothing for another purpose, however alike', () => {
    expect(links(OLD, 'sign file').read(token, NOW)).toBeNull();
  });

  it('ends with its last millisecond', () => {
    expect(links(OLD).read(token, new Date(UNTIL.getTime() - 1))).toEqual(FIELDS);
    expect(links(OLD).read(token, UNTIL)).toBeNull();
  });

  it('outlives a new master key, and ends when its own is taken away', () => {
    expect(links(`${NEW},${OLD}`).read(token, NOW)).toEqual(FIELDS);
    expect(links(NEW).read(token, NOW)).toBeNull();
    const renewed = links(`${NEW},${OLD}`).sign(FIELDS, UNTIL);
    expect(links(NEW).read(renewed, NOW)).toEqual(FIELDS);
  });

  it('has no field that could be taken for two', () => {
    for (const field of ['a.b', 'a/b', 'ä', 'a b', 'a\n']) {
      expect(() => links(OLD).sign([field], UNTIL)).toThrow('other characters');
    }
  });

  it('is not looked at when it is longer than any that was made', () => {
    expect(links(OLD).read(links(OLD).sign(['a'.repeat(TOKEN_CHARS_MAX)], UNTIL), NOW)).toBeNull();
  });
});
