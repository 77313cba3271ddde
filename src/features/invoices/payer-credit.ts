import type { Currency } from '../../kernel/currency.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { INSERT_CREDIT_ENTRY, RAISE_CREDIT } from './payer-credit-sql.js';

/** More in hand for a payer, and why: a credit note, or an invoice that was voided after it had used some. */
export interface CreditGiven {
  readonly payerId: string;
  readonly currency: Currency;
  readonly amount: bigint;
  readonly creditNoteId?: string;
  readonly invoiceId?: string;
}

/**
 * Adds to what a payer has in hand. Not awaited: it travels with the commit. The
 * row's lock is the last that anybody takes, after an invoice's and a series'.
 */
export function giveCredit(transaction: Transaction, given: CreditGiven): void {
  const { operatorId, now } = transaction;
  const { payerId, currency, amount, creditNoteId = null, invoiceId = null } = given;
  transaction.send(RAISE_CREDIT, [operatorId, payerId, currency, amount]);
  const entry = [operatorId, newUuid(), payerId, currency, amount, creditNoteId, invoiceId, now];
  transaction.send(INSERT_CREDIT_ENTRY, entry);
}
