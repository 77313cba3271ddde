import { SETTLEMENT_RECORDED } from '../../../src/features/ledger/ledger-events.js';
import { bodyOf, CONTENT_TYPES } from '../../../src/features/notifications/domain/message.js';
import { isNotified } from '../../../src/features/notifications/domain/notified.js';
import { WHAT_IS_NOTIFIED } from '../../../src/features/notifications/what-is-notified.js';
import { OPERATION_STATUSES } from '../../../src/features/orders/domain/operation-state.js';
import { ORDER_STATUSES } from '../../../src/features/orders/domain/order-status.js';

const MERCHANT = 'a merchant';
const told = (type: string, payload: Record<string, unknown>, merchantId: string | null = MERCHANT) =>
  isNotified(WHAT_IS_NOTIFIED, { type, merchantId, payload: { mode: 'TEST', ...payload } });

describe('a merchant is told', () => {
  it('of every status of orders and operations in which nothing more happens by itself, and of no other', () => {
    const orders = ORDER_STATUSES.filter((status) => !told('order.status_changed', { status }));
    expect(orders).toEqual(['CREATED', 'PROCESSING', 'REQUIRES_ACTION']);
    const operations = OPERATION_STATUSES.filter((status) => !told('operation.status_changed', { status }));
    expect(operations).toEqual(['PENDING', 'PROCESSING', 'REQUIRES_ACTION', 'UNKNOWN']);
    expect(told('agreement.status_changed', { status: 'PENDING' })).toBe(false);
    expect(told('agreement.status_changed', { status: 'ACTIVE' })).toBe(true);
    expect(told('invoice.status_changed', { status: 'DRAFT' })).toBe(false);
    for (const status of ['OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE']) {
      expect(told('invoice.status_changed', { status })).toBe(true);
    }
  });

  it('of a settlement, under the name that the ledger gives it', () => {
    expect(told(SETTLEMENT_RECORDED, {})).toBe(true);
  });

  it('of nothing that is the operator’s, of no mode, or about notifications themselves', () => {
    expect(told('order.capture_deadline_near', {}, null)).toBe(false);
    for (const mode of ['TEST', 'LIVE']) expect(told('order.capture_deadline_near', { mode })).toBe(true);
    expect(told('order.capture_deadline_near', { mode: undefined })).toBe(false);
    expect(told('api_key.revoked', {})).toBe(false);
    expect([...WHAT_IS_NOTIFIED.keys()].filter((type) => type.startsWith('notification'))).toEqual([]);
  });
});

describe('what is sent', () => {
  const message = {
    id: 'ntf_1',
    type: 'stored_credential.updated',
    occurredAt: new Date('2026-01-02T03:04:05.678Z'),
    mode: 'LIVE',
    data: { before: { lastFour: '4242' }, after: { lastFour: null }, list: ['a', 2n], isNew: false },
  };

  it('says by its type how it is to be read', () => {
    expect(CONTENT_TYPES).toEqual({ JSON: 'application/json', FORM: 'application/x-www-form-urlencoded' });
  });

  it('is JSON with the data as they are', () => {
    const { list: _, ...data } = message.data;
    expect(JSON.parse(bodyOf({ ...message, data }, 'JSON'))).toEqual({
      id: 'ntf_1',
      type: 'stored_credential.updated',
      occurredAt: '2026-01-02T03:04:05.678Z',
      mode: 'LIVE',
      data,
    });
  });

  it('is a form with a name for every value, and an empty text for null', () => {
    const form = bodyOf(message, 'FORM');
    expect([...new URLSearchParams(form)]).toEqual([
      ['id', 'ntf_1'],
      ['type', 'stored_credential.updated'],
      ['occurredAt', '2026-01-02T03:04:05.678Z'],
      ['mode', 'LIVE'],
      ['data[before][lastFour]', '4242'],
      ['data[after][lastFour]', ''],
      ['data[list][0]', 'a'],
      ['data[list][1]', '2'],
      ['data[isNew]', 'false'],
    ]);
    expect(form).toMatch(/^[\x21-\x7e]+$/);
  });
});
