import { describe, expect, it } from '@jest/globals';
import { isObjectType } from 'graphql';
import { CLIENT_FIELDS, readableFields } from '../../src/features/tenancy/domain/client-fields.js';
import { KEY_KINDS } from '../../src/features/tenancy/domain/scopes.js';
import { publishedSchema } from './bulk/published-schema.js';

describe("what a payer's token may read", () => {
  it('is the only confinement by fields', () => {
    expect(readableFields({ kind: 'CLIENT' })).toBe(CLIENT_FIELDS);
    expect(KEY_KINDS.map((kind) => readableFields({ kind }))).toEqual([null, null, null]);
  });

  it.each([...CLIENT_FIELDS])('of %s is there', (type, names) => {
    const object = publishedSchema().getType(type);
    const fields = isObjectType(object) ? Object.keys(object.getFields()) : [];
    expect(names.size).toBeGreaterThan(0);
    expect([...names].filter((name) => !fields.includes(name))).toEqual([]);
  });

  it('is enough to pay and to see that it is paid, and not a field more', () => {
    const listed = Object.fromEntries([...CLIENT_FIELDS].map(([type, names]) => [type, [...names].join(' ')]));
    expect(listed).toEqual({
      Query: 'order',
      Subscription: 'orderStatusChanged',
      Order: [
        'id billNumber orderNumber description status captureMode amount authorizedAmount capturedAmount',
        'refundedAmount capturableAmount nextAction operations expiresAt captureBefore createdAt updatedAt merchant',
        'returnUrl',
      ].join(' '),
      Merchant: 'id name',
      Operation: 'type status amount createdAt finishedAt',
      Money: 'amount currency minorUnits',
      NextAction: 'redirectUrl clientSecret',
      OrderStatusChanged: 'cursor occurredAt order orderId previousStatus status',
    });
  });
});
