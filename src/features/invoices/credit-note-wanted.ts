import type { Claim } from '../orders/index.js';
import type { CreditSettlement } from './domain/words.js';
import type { CreditNoteRow } from './invoice-rows.js';
import type { CreditGiven } from './payer-credit.js';

export interface CreditNoteWanted {
  readonly invoiceId: string;
  readonly reason: string;
  /** Null takes back all that is left of the invoice. */
  readonly lines: readonly CreditLineWanted[] | null;
  /** Null: less is owed of an invoice that is owed, and one that is paid is refunded. */
  readonly settlement: CreditSettlement | null;
}

export interface CreditLineWanted {
  /** Null: an id that nothing has. */
  readonly itemId: string | null;
  /** Net, decimal, in the invoice's currency; null takes back all that is left of the item. */
  readonly amount: string | null;
}

/** A note that was written down, and what is to be sent after the commit for it. */
export interface IssuedNote {
  readonly note: CreditNoteRow;
  readonly refund: Claim | null;
  /** What its payer has in hand then. */
  readonly credit: CreditGiven | null;
}
