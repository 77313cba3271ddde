import { DomainError } from '../../../kernel/errors.js';
import type { TransitionTable } from '../../../kernel/state-machine.js';
import { INVOICE_STATUSES, type InvoiceStatus } from './words.js';

export type InvoiceEvent = 'close' | 'pay' | 'fallDue' | 'postpone' | 'reopen' | 'void' | 'writeOff' | 'expect';

/**
 * A draft gathers items; closed, it is owed. One that was written off is still
 * paid by money that arrives after all, and one that was paid is owed again
 * when the payer's bank took the money back. What is void stays void: a payment
 * that was under way then is given back.
 */
export const INVOICE_TRANSITIONS: TransitionTable<InvoiceStatus, InvoiceEvent> = {
  DRAFT: { close: 'OPEN', void: 'VOID' },
  OPEN: { pay: 'PAID', fallDue: 'PAST_DUE', void: 'VOID', writeOff: 'UNCOLLECTIBLE' },
  PAST_DUE: { pay: 'PAID', postpone: 'OPEN', void: 'VOID', writeOff: 'UNCOLLECTIBLE' },
  PAID: { reopen: 'OPEN' },
  UNCOLLECTIBLE: { pay: 'PAID', expect: 'OPEN', void: 'VOID' },
  VOID: {},
};

/** What a merchant asks for by hand, by the name that they know it by; the other events are nobody's wish. */
const ASKED_AS: Readonly<Partial<Record<InvoiceEvent, string>>> = {
  close: 'finalizeInvoice',
  pay: 'payInvoice',
  void: 'voidInvoice',
  writeOff: 'markInvoiceUncollectible',
  expect: 'reopenInvoice',
};

/** Where an event leads, or a refusal that says which invoices it is for. */
export function nextStatus(status: InvoiceStatus, event: InvoiceEvent): InvoiceStatus {
  const next = INVOICE_TRANSITIONS[status][event];
  if (next !== undefined) return next;
  const fit = INVOICE_STATUSES.filter((each) => event in INVOICE_TRANSITIONS[each]).join(' or ');
  const what = ASKED_AS[event] ?? event;
  throw new DomainError('ILLEGAL_TRANSITION', `${what} is for an invoice that is ${fit}; this one is ${status}`);
}

/** Closed, and not paid, void or written off. */
export function isOwed(status: InvoiceStatus): boolean {
  return status === 'OPEN' || status === 'PAST_DUE';
}
