import { describe, expect, it } from '@jest/globals';
import {
  maySeeOrder,
  merchantOf,
  ownerOf,
  requireClientField,
  requirePlatform,
  requireScope,
} from '../../src/features/tenancy/domain/access.js';
import type { Principal } from '../../src/features/tenancy/domain/principal.js';
import { SCOPES, SCOPES_BY_KIND } from '../../src/features/tenancy/domain/scopes.js';
import { newUuid, publicId } from '../../src/kernel/ids.js';

const [operatorId, merchantId, orderId] = [newUuid(), newUuid(), newUuid()];

const OPERATOR: Principal = {
  kind: 'OPERATOR',
  operatorId,
  merchantId: null,
  mode: 'TEST',
  scopes: new Set(SCOPES_BY_KIND.OPERATOR),
  keyId: newUuid(),
  orderId: null,
};
const MERCHANT: Principal = { ...OPERATOR, kind: 'MERCHANT', merchantId, scopes: new Set(SCOPES_BY_KIND.MERCHANT) };
const CLIENT: Principal = { ...MERCHANT, kind: 'CLIENT', orderId, scopes: new Set(['orders:read']) };

describe('the merchant that an input is about', () => {
  it("is a merchant's own, named or not", () => {
    expect(merchantOf(MERCHANT, undefined)).toBe(merchantId);
    expect(merchantOf(MERCHANT, null)).toBe(merchantId);
    expect(merchantOf(MERCHANT, publicId('merchant', merchantId))).toBe(merchantId);
  });

  it('is what an operator says', () => {
    expect(merchantOf(OPERATOR, publicId('merchant', merchantId))).toBe(merchantId);
  });

  it('must be said by an operator', () => {
    const message = 'an operator key must say which merchant it acts for';
    const refusal = (path: readonly string[]) =>
      expect.objectContaining({ code: 'INVALID_INPUT', issues: [{ path, message }] });
    expect(() => merchantOf(OPERATOR, undefined)).toThrow(refusal(['merchantId']));
    expect(() => merchantOf(OPERATOR, null, ['terms', 'merchantId'])).toThrow(refusal(['terms', 'merchantId']));
  });

  it.each([publicId('merchant', newUuid()), publicId('order', merchantId), 'nonsense', ''])(
    'is not found when it is another or none: %s',
    (id) => {
      expect(() => merchantOf(MERCHANT, id)).toThrow(
        expect.objectContaining({ code: 'NOT_FOUND', message: 'no such merchant' }),
      );
    },
  );
});

describe('scopes', () => {
  it('let through who has them and name what is lacking', () => {
    expect(() => requireScope(MERCHANT, 'orders:write')).not.toThrow();
    expect(() => requireScope(MERCHANT, 'keys:write')).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: 'this key lacks the scope "keys:write"' }),
    );
  });

  it('keep the platform apart from operators', () => {
    expect(() => requirePlatform({ kind: 'PLATFORM' })).not.toThrow();
    expect(() => requirePlatform(OPERATOR)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: 'only a platform key may ask for this' }),
    );
    const sharedWithMerchants = SCOPES_BY_KIND.PLATFORM.filter((scope) => SCOPES_BY_KIND.MERCHANT.includes(scope));
    expect(sharedWithMerchants).toEqual([]);
  });

  it('are all an operator’s but the making of operators, and few of them the platform’s', () => {
    expect(SCOPES_BY_KIND.OPERATOR).toEqual(SCOPES.filter((scope) => scope !== 'operators:write'));
    expect(SCOPES_BY_KIND.PLATFORM).toEqual(['operators:read', 'operators:write', 'keys:write', 'test-clock:write']);
    expect(SCOPES_BY_KIND.OPERATOR.filter((scope) => !SCOPES_BY_KIND.MERCHANT.includes(scope))).toEqual([
      'operators:read',
      'merchants:write',
      'keys:write',
      'payment-systems:read',
      'payment-systems:write',
      'settlements:write',
      'test-clock:write',
    ]);
  });

  it("never let a merchant's key see operators or other merchants' keys", () => {
    expect(SCOPES_BY_KIND.MERCHANT).not.toContain('operators:read');
    expect(SCOPES_BY_KIND.MERCHANT).not.toContain('keys:write');
  });
});

describe('a client token', () => {
  it('may ask for two fields', () => {
    for (const field of ['order', 'orderStatusChanged']) expect(() => requireClientField(CLIENT, field)).not.toThrow();
    for (const field of ['orders', 'viewer', 'node', 'createOrder']) {
      expect(() => requireClientField(CLIENT, field)).toThrow(
        expect.objectContaining({
          name: 'AccessError',
          code: 'FORBIDDEN',
          message: 'a client token may ask for order and orderStatusChanged only',
        }),
      );
      expect(() => requireClientField(MERCHANT, field)).not.toThrow();
    }
  });

  it('sees its own order', () => {
    expect(maySeeOrder(CLIENT, orderId)).toBe(true);
    expect(maySeeOrder(CLIENT, newUuid())).toBe(false);
    expect(maySeeOrder(MERCHANT, orderId)).toBe(true);
  });
});

describe('owners of idempotency keys', () => {
  it('differ by merchant, operator and mode', () => {
    const principals: Principal[] = [
      OPERATOR,
      { ...OPERATOR, mode: 'LIVE' },
      { ...OPERATOR, operatorId: newUuid() },
      MERCHANT,
      { ...MERCHANT, mode: 'LIVE' },
      { ...MERCHANT, merchantId: newUuid() },
      { ...OPERATOR, kind: 'PLATFORM' },
      CLIENT,
    ];
    expect(new Set(principals.map(ownerOf)).size).toBe(principals.length);
    expect(ownerOf(MERCHANT)).toBe(`mer:${merchantId}:TEST`);
    expect(ownerOf(OPERATOR)).toBe(`op:${operatorId}:TEST`);
    expect(ownerOf({ ...OPERATOR, kind: 'PLATFORM' })).toBe('platform');
    expect(ownerOf(CLIENT)).toBe(`ord:${orderId}:TEST`);
  });

  it('are the same for two keys of one owner', () => {
    expect(ownerOf({ ...MERCHANT, keyId: newUuid() })).toBe(ownerOf(MERCHANT));
  });
});
