import type { Currency } from '../../kernel/currency.js';
import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { closingTime, defaultTitle, monthName } from './domain/billing-month.js';
import { FIND_OR_MAKE_DRAFT, HOLD_DRAFT, MARK_DRAFT } from './drafts-sql.js';
import { invoiceStatusChanged } from './invoice-events.js';
import type { InvoiceRow } from './invoice-rows.js';

/** What was going to be added to has changed meanwhile: all of it is to be done again from the start. */
export class DraftMoved extends Error {
  override readonly name = 'DraftMoved';
}

export interface DraftWanted {
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly payerId: string;
  readonly currency: Currency;
  /** The first day of the month. */
  readonly month: string;
  /** The merchant's. A draft that is there already keeps the one it was made with. */
  readonly timeZone: string;
  /** Marked whatever was seen of it: for who was refreshed away once already. */
  readonly firmly: boolean;
}

/** The draft of a month, made if it is the first, and held open until the transaction ends. */
export async function openDraft(transaction: Transaction, wanted: DraftWanted): Promise<InvoiceRow> {
  const { operatorId, now } = transaction;
  const { merchantId, mode, payerId, currency, month, timeZone, firmly } = wanted;
  const closeAt = closingTime(month, timeZone);
  const mayBeMade = closeAt > now;
  const owner = [operatorId, newUuid(), merchantId, mode, payerId, currency];
  const values = [...owner, month, timeZone, defaultTitle(month), closeAt, now, mayBeMade];
  const [found] = await transaction.query<InvoiceRow & { isNew: boolean }>(FIND_OR_MAKE_DRAFT, values);
  if (!found && mayBeMade) throw new DraftMoved(`somebody else has just made the draft of ${month}`);
  if (!found || found.closeAt <= now) throw monthClosed(month, found?.closeAt ?? closeAt, found?.timeZone ?? timeZone);
  const { isNew, ...draft } = found;
  if (isNew) transaction.publish(invoiceStatusChanged(null, draft));
  else await hold(transaction, draft, firmly || draft.staleSince === null);
  return draft;
}

/**
 * Many items come to a draft within an hour, and the first marks it; all others
 * only hold it, side by side. Found unmarked after all, it was refreshed a
 * moment ago, and marking it now could wait for others who do the same.
 */
async function hold(transaction: Transaction, { id }: InvoiceRow, isToBeMarked: boolean): Promise<void> {
  const { operatorId, now } = transaction;
  const key = [operatorId, id];
  const [held] = isToBeMarked
    ? await transaction.query(MARK_DRAFT, [...key, now])
    : await transaction.query(HOLD_DRAFT, key);
  if (!held?.isMarked) throw new DraftMoved(`draft ${id} was closed or refreshed`);
}

function monthClosed(month: string, closeAt: Date, timeZone: string): DomainError {
  return new DomainError(
    'ILLEGAL_TRANSITION',
    `date: the invoice of ${monthName(month)} was closed at ${closeAt.toISOString()}, as the 2nd of the next month began in ${timeZone}`,
  );
}
