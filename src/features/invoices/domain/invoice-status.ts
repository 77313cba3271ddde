import type { TransitionTable } from '../../../kernel/state-machine.js';
import type { InvoiceStatus } from './words.js';

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

/** Closed, and not paid, void or written off. */
export function isOwed(status: InvoiceStatus): boolean {
  return status === 'OPEN' || status === 'PAST_DUE';
}
