import { describe, expect, it } from '@jest/globals';
import { type Dated, dueAt, pastDueAt } from '../../../src/features/invoices/domain/next-due.js';
import { INVOICE_STATUSES } from '../../../src/features/invoices/domain/words.js';

const CLOSE_AT = new Date('2026-11-01T23:00:00Z');
const RETRY_AT = new Date('2026-11-10T12:00:00Z');
const INVOICE: Dated = {
  status: 'OPEN',
  timeZone: 'Europe/Berlin',
  closeAt: CLOSE_AT,
  dueOn: '2026-11-15',
  retryAt: RETRY_AT,
};
/** The 16th as it begins in Berlin. */
const PAST_DUE_AT = new Date('2026-11-15T23:00:00Z');

describe('an invoice that is owed is past due', () => {
  it('as its due day ends where the merchant is', () => {
    expect(pastDueAt(INVOICE)).toEqual(PAST_DUE_AT);
    expect(pastDueAt({ dueOn: '2027-02-28', timeZone: 'America/New_York' })).toEqual(new Date('2027-03-01T05:00:00Z'));
    expect(pastDueAt({ dueOn: '2028-02-28', timeZone: 'UTC' })).toEqual(new Date('2028-02-29T00:00:00Z'));
  });

  it('never where it has no due day, or none follows it', () => {
    expect(pastDueAt({ dueOn: null, timeZone: 'UTC' })).toBeNull();
    expect(pastDueAt({ dueOn: '9998-12-31', timeZone: 'UTC' })).toBeNull();
  });
});

describe('something is to be done about an invoice', () => {
  it('that is a draft as it closes', () => {
    expect(dueAt({ ...INVOICE, status: 'DRAFT' })).toEqual(CLOSE_AT);
  });

  it('that is open as it is charged or as it becomes past due, whichever is first', () => {
    expect(dueAt(INVOICE)).toEqual(RETRY_AT);
    const late = new Date(PAST_DUE_AT.getTime() + 1);
    expect(dueAt({ ...INVOICE, retryAt: late })).toEqual(PAST_DUE_AT);
    expect(dueAt({ ...INVOICE, retryAt: null })).toEqual(PAST_DUE_AT);
    expect(dueAt({ ...INVOICE, dueOn: null })).toEqual(RETRY_AT);
    expect(dueAt({ ...INVOICE, dueOn: null, retryAt: null })).toBeNull();
  });

  it('that is past due as it is charged again', () => {
    expect(dueAt({ ...INVOICE, status: 'PAST_DUE' })).toEqual(RETRY_AT);
    expect(dueAt({ ...INVOICE, status: 'PAST_DUE', retryAt: null })).toBeNull();
  });

  it('by itself never where it is paid, void or written off', () => {
    const others = INVOICE_STATUSES.filter((status) => !['DRAFT', 'OPEN', 'PAST_DUE'].includes(status));
    expect(others.map((status) => dueAt({ ...INVOICE, status }))).toEqual([null, null, null]);
  });
});
