import { describe, expect, it } from '@jest/globals';
import { keyGrant } from '../../src/features/tenancy/domain/key-grant.js';
import { PLATFORM } from '../../src/features/tenancy/domain/platform.js';
import type { Principal } from '../../src/features/tenancy/domain/principal.js';
import { SCOPES_BY_KIND, type Scope } from '../../src/features/tenancy/domain/scopes.js';
import { newUuid } from '../../src/kernel/ids.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const [operatorId, merchantId] = [newUuid(), newUuid()];
const name = 'key';

const platform: Principal = {
  kind: 'PLATFORM',
  operatorId: PLATFORM,
  merchantId: null,
  mode: 'TEST',
  scopes: new Set(SCOPES_BY_KIND.PLATFORM),
  keyId: newUuid(),
  orderId: null,
};
const operator: Principal = { ...platform, kind: 'OPERATOR', operatorId, scopes: new Set(SCOPES_BY_KIND.OPERATOR) };
const narrow: Principal = { ...operator, scopes: new Set<Scope>(['keys:write', 'orders:read']) };

describe('whose key is made', () => {
  it('is the platform’s by an id that no operator has', () => {
    expect(PLATFORM).toBe('00000000-0000-0000-0000-000000000000');
  });

  it.each([
    [operator, {}, { kind: 'OPERATOR', operatorId }],
    [operator, { operatorId }, { kind: 'OPERATOR', operatorId }],
    [operator, { merchantId }, { kind: 'MERCHANT', operatorId, merchantId }],
    [platform, {}, { kind: 'PLATFORM', operatorId: PLATFORM }],
    [platform, { operatorId }, { kind: 'OPERATOR', operatorId }],
  ])('follows from what is given', (principal, given, expected) => {
    expect(keyGrant(principal, { name, ...given }, NOW)).toMatchObject(expected);
  });

  it.each([
    [
      'an operator for a platform key',
      operator,
      { kind: 'PLATFORM' },
      ['kind', 'only a platform key makes platform keys'],
    ],
    [
      'a platform for a merchant key',
      platform,
      { kind: 'MERCHANT', operatorId, merchantId },
      ['kind', "an operator makes its merchants' keys itself"],
    ],
    [
      'a platform for nobody',
      platform,
      { kind: 'OPERATOR' },
      ['operatorId', 'a platform key must say for which operator the key is'],
    ],
    [
      'a platform key of an operator',
      platform,
      { kind: 'PLATFORM', operatorId },
      ['operatorId', 'a platform key belongs to no operator'],
    ],
    [
      'a merchant key of nobody',
      operator,
      { kind: 'MERCHANT' },
      ['merchantId', "a merchant's key must name the merchant"],
    ],
    [
      'an operator key of a merchant',
      operator,
      { kind: 'OPERATOR', merchantId },
      ['merchantId', 'is not for keys of kind OPERATOR'],
    ],
    ['an end in the past', operator, { expiresAt: NOW }, ['expiresAt', 'must lie ahead']],
    ['no scope at all', operator, { scopes: [] }, ['scopes', 'must name at least one scope']],
    [
      'a scope of another kind',
      operator,
      { scopes: ['operators:write'] },
      ['scopes', '"operators:write" cannot be given: a key of kind OPERATOR cannot have it'],
    ],
  ] as const)('refuses %s', (_, principal, given, [path, message]) => {
    expect(() => keyGrant(principal, { name, ...given }, NOW)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path: [path], message }] }),
    );
  });

  it('may end at any moment that lies ahead, or never', () => {
    const expiresAt = new Date(NOW.getTime() + 1);
    expect(keyGrant(operator, { name, expiresAt }, NOW).expiresAt).toBe(expiresAt);
    for (const none of [null, undefined]) {
      expect(keyGrant(operator, { name, expiresAt: none }, NOW)).toMatchObject({ name, expiresAt: null });
    }
  });

  it.each([
    [operator, { operatorId: newUuid() }, 'operator'],
    [operator, { operatorId: null }, 'operator'],
    [operator, { merchantId: null }, 'merchant'],
    [platform, { operatorId: null }, 'operator'],
  ])('knows nobody by what is not there', (principal, given, what) => {
    expect(() => keyGrant(principal, { name, ...given }, NOW)).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: `no such ${what}` }),
    );
  });
});

describe('what the key may do', () => {
  it('is all of its kind that the giver has', () => {
    expect(keyGrant(operator, { name, merchantId }, NOW).scopes).toEqual(SCOPES_BY_KIND.MERCHANT);
    expect(keyGrant(narrow, { name, merchantId }, NOW).scopes).toEqual(['orders:read']);
    expect(keyGrant(platform, { name, operatorId }, NOW).scopes).toEqual(SCOPES_BY_KIND.OPERATOR);
    const poor = { ...platform, scopes: new Set<Scope>(['keys:write']) };
    expect(keyGrant(poor, { name }, NOW).scopes).toEqual(['keys:write']);
    expect(keyGrant(poor, { name, operatorId }, NOW).scopes).toEqual(SCOPES_BY_KIND.OPERATOR);
  });

  it('is never more than the giver has, whatever is asked', () => {
    for (const scope of SCOPES_BY_KIND.OPERATOR) {
      const grant = () => keyGrant(narrow, { name, scopes: [scope] }, NOW).scopes;
      if (narrow.scopes.has(scope)) expect(grant()).toEqual([scope]);
      else expect(grant).toThrow('this key lacks it itself');
    }
  });

  it('is never more than its kind may have', () => {
    expect(() => keyGrant(operator, { name, merchantId, scopes: ['keys:write'] }, NOW)).toThrow(
      'a key of kind MERCHANT cannot have it',
    );
    expect(() => keyGrant(platform, { name, scopes: ['orders:read'] }, NOW)).toThrow(
      'a key of kind PLATFORM cannot have it',
    );
  });
});

describe('the mode of the key', () => {
  it("is the giver's, and no other", () => {
    expect(keyGrant({ ...operator, mode: 'LIVE' }, { name }, NOW).mode).toBe('LIVE');
    for (const mode of ['TEST', null, undefined] as const) {
      expect(keyGrant(operator, { name, mode }, NOW).mode).toBe('TEST');
    }
    expect(() => keyGrant(operator, { name, mode: 'LIVE' }, NOW)).toThrow(
      expect.objectContaining({ code: 'KEY_MODE_MISMATCH', message: 'a TEST key cannot make a LIVE key' }),
    );
  });

  it('is any for the platform, and TEST when it does not say', () => {
    expect(keyGrant(platform, { name, operatorId, mode: 'LIVE' }, NOW).mode).toBe('LIVE');
    expect(keyGrant(platform, { name, operatorId }, NOW).mode).toBe('TEST');
  });
});
