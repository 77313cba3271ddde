import { describe, expect, it } from '@jest/globals';
import { isStopped, mayBecomeAmountStop } from '../../../src/features/invoices/domain/charge-stop.js';
import {
  INVOICE_TRANSITIONS,
  type InvoiceEvent,
  isOwed,
  nextStatus,
} from '../../../src/features/invoices/domain/invoice-status.js';
import { CHARGE_STOPS, INVOICE_STATUSES } from '../../../src/features/invoices/domain/words.js';
import { refusalOf } from '../refusal.js';

const EVENTS = [...new Set(INVOICE_STATUSES.flatMap((each) => Object.keys(INVOICE_TRANSITIONS[each])))];

describe('what becomes of an invoice', () => {
  const ways = INVOICE_STATUSES.flatMap((status) => EVENTS.map((event) => ({ status, event: event as InvoiceEvent })));

  it('is as the table says', () => {
    const led = ways.flatMap(({ status, event }) => {
      const to = INVOICE_TRANSITIONS[status][event];
      return to === undefined ? [] : [`${status} ${event}: ${nextStatus(status, event)}`];
    });
    expect(led).toEqual([
      'DRAFT close: OPEN',
      'DRAFT void: VOID',
      'OPEN void: VOID',
      'OPEN pay: PAID',
      'OPEN fallDue: PAST_DUE',
      'OPEN writeOff: UNCOLLECTIBLE',
      'PAID reopen: OPEN',
      'PAST_DUE void: VOID',
      'PAST_DUE pay: PAID',
      'PAST_DUE writeOff: UNCOLLECTIBLE',
      'PAST_DUE postpone: OPEN',
      'UNCOLLECTIBLE void: VOID',
      'UNCOLLECTIBLE pay: PAID',
      'UNCOLLECTIBLE expect: OPEN',
    ]);
  });

  it.each(ways.filter(({ status, event }) => INVOICE_TRANSITIONS[status][event] === undefined))(
    'is nothing where it is $status and $event comes',
    ({ status, event }) => {
      const { code, message } = refusalOf(() => nextStatus(status, event));
      expect(code).toBe('ILLEGAL_TRANSITION');
      expect(message).toContain(`; this one is ${status}`);
    },
  );

  it('is refused by the name that was asked for, with the statuses that it is for', () => {
    const message = (event: InvoiceEvent) => refusalOf(() => nextStatus('VOID', event)).message;
    expect(message('close')).toBe('finalizeInvoice is for an invoice that is DRAFT; this one is VOID');
    expect(message('pay')).toBe(
      'payInvoice is for an invoice that is OPEN or PAST_DUE or UNCOLLECTIBLE; this one is VOID',
    );
    expect(message('void')).toMatch(/^voidInvoice is for /);
    expect(message('writeOff')).toMatch(/^markInvoiceUncollectible is for /);
    expect(message('expect')).toMatch(/^reopenInvoice is for /);
    expect(message('fallDue')).toMatch(/^fallDue is for /);
  });

  it('is owed from its closing until it is paid, void or written off', () => {
    expect(INVOICE_STATUSES.filter(isOwed)).toEqual(['OPEN', 'PAST_DUE']);
  });
});

describe('charging an invoice by itself', () => {
  it('stops for every reason but an amount that was not accepted', () => {
    expect(isStopped(null)).toBe(false);
    expect(CHARGE_STOPS.filter((each) => !isStopped(each))).toEqual(['AMOUNT_NOT_ACCEPTED']);
  });

  it('stops for its amount only where nobody has said more than that', () => {
    expect(mayBecomeAmountStop(null)).toBe(true);
    expect(CHARGE_STOPS.filter(mayBecomeAmountStop)).toEqual([
      'NO_AGREEMENT',
      'REFUSED_BY_TERMS',
      'AMOUNT_NOT_ACCEPTED',
    ]);
  });
});
