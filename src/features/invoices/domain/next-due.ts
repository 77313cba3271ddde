import { dateLater, instantAt } from '../../../kernel/calendar.js';
import type { InvoiceStatus } from './words.js';

/** What of an invoice says when it is to be looked at. */
export interface Dated {
  readonly status: InvoiceStatus;
  readonly timeZone: string;
  readonly closeAt: Date;
  readonly dueOn: string | null;
  /** When it is to be charged, or charged again, or given a page to be paid on. */
  readonly retryAt: Date | null;
}

/** When an invoice that is owed becomes past due: as its due day ends. Null where there is no such day. */
export function pastDueAt({ dueOn, timeZone }: Pick<Dated, 'dueOn' | 'timeZone'>): Date | null {
  const after = dueOn && dateLater(dueOn, 1, 'DAY');
  return after ? instantAt(after, '00:00', timeZone) : null;
}

/** When there is something to be done about an invoice by itself; null: not before somebody does something. */
export function dueAt(invoice: Dated): Date | null {
  const { status, closeAt, retryAt } = invoice;
  if (status === 'DRAFT') return closeAt;
  if (status !== 'OPEN') return status === 'PAST_DUE' ? retryAt : null;
  const times = [retryAt, pastDueAt(invoice)].filter((time) => time !== null);
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null;
}
