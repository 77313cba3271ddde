import { localDateAt } from '../../kernel/calendar.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { isExpiredOn } from '../payers/index.js';
import { cardExpiring, chargeComing } from './agreement-events.js';
import type { AgreementRow } from './agreement-rows.js';
import { amountOfNumber, isFrequent, noticeAt } from './plan.js';

/** Tells of the coming charge, and of a card that ends before it. */
export function announce(transaction: Transaction, row: AgreementRow, card: CardEnd | undefined): void {
  const at = noticeAt(row);
  if (!row.nextChargeAt || !at || at > transaction.now) return;
  row.noticedNumber = row.nextNumber;
  transaction.publish(chargeComing(row, amountOfNumber(row, row.nextNumber)));
  tellOfCardEnd(transaction, row, card);
}

/** Charges that come too often to be announced: the last one before the card's end tells of that. */
export function announceCardEnd(transaction: Transaction, row: AgreementRow, card: CardEnd): void {
  const { expiryMonth, expiryYear } = card;
  if (!isFrequent(row) || expiryMonth === null || expiryYear === null) return;
  const today = localDateAt(transaction.now, row.timeZone);
  if (!isExpiredOn({ expiryMonth, expiryYear }, today)) tellOfCardEnd(transaction, row, card);
}

function tellOfCardEnd(transaction: Transaction, row: AgreementRow, card: CardEnd | undefined): void {
  if (!row.nextChargeAt || card?.expiryMonth == null || card.expiryYear == null) return;
  const { expiryMonth, expiryYear } = card;
  if (row.expiryNoticedNumber === row.nextNumber) return;
  if (!isExpiredOn({ expiryMonth, expiryYear }, localDateAt(row.nextChargeAt, row.timeZone))) return;
  row.expiryNoticedNumber = row.nextNumber;
  transaction.publish(cardExpiring(row, expiryMonth, expiryYear));
}

/** Both null for what does not end, as a bank account. */
interface CardEnd {
  expiryMonth: number | null;
  expiryYear: number | null;
}
