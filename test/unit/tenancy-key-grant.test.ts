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
    ['an operator for a platform key', operator, { kind: 'PLATFORM' }, 'kind'],
    ['a platform for a merchant key', platform, { kind: 'MERCHANT', operatorId, merchantId }, 'kind'],
    ['a platform for nobody', platform, { kind: 'OPERATOR' }, 'operatorId'],
    ['a platform key of an operator', platform, { kind: 'PLATFORM', operatorId }, 'operatorId'],
    ['a merchant key of nobody', operator, { kind: 'MERCHANT' }, 'merchantId'],
    ['an operator key of a merchant', operator, { kind: 'OPERATOR', merchantId }, 'merchantId'],
    ['an end in the past', operator, { expiresAt: NOW }, 'expiresAt'],
    ['no scope at all', operator, { scopes: [] }, 'scopes'],
  ] as const)('refuses %s', (_, principal, given, path) => {
    expect(() => keyGrant(principal, { name, ...given }, NOW)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', issues: [expect.objectContaining({ path: [path] })] }),
    );
  });

  it.each([{ operatorId: newUuid() }, { operatorId: null }, { merchantId: null }])('knows nobody by %j', (given) => {
    expect(() => keyGrant(operator, { name, ...given }, NOW)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });
});

describe('what the key may do', () => {
  it('is all of its kind that the giver has', () => {
    expect(keyGrant(operator, { name, merchantId }, NOW).scopes).toEqual(SCOPES_BY_KIND.MERCHANT);
    expect(keyGrant(narrow, { name, merchantId }, NOW).scopes).toEqual(['orders:read']);
    expect(keyGrant(platform, { name, operatorId }, NOW).scopes).toEqual(SCOPES_BY_KIND.OPERATOR);
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
    expect(() => keyGrant(operator, { name, mode: 'LIVE' }, NOW)).toThrow(
      expect.objectContaining({ code: 'KEY_MODE_MISMATCH' }),
    );
  });

  it('is any for the platform, and TEST when it does not say', () => {
    expect(keyGrant(platform, { name, operatorId, mode: 'LIVE' }, NOW).mode).toBe('LIVE');
    expect(keyGrant(platform, { name, operatorId }, NOW).mode).toBe('TEST');
  });
});
