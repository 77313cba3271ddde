import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { lockedInvoice } from './change-invoice.js';
import { CREDITED_TO_BALANCE, MONEY_IN_HAND } from './credit-notes-sql.js';
import { keptForBalance } from './domain/credit.js';
import { money } from './invoice-rows.js';

/**
 * Refuses to give money back that its payer has already as credit: whoever asks
 * for a cancellation of the order, it is rolled back with what is thrown here.
 * Under the order's lock, which whoever gives credit takes as well.
 */
export async function assertCreditIsKept(transaction: Transaction, orderId: string, invoiceId: string): Promise<void> {
  const { operatorId } = transaction;
  const invoice = await lockedInvoice(transaction, invoiceId);
  if (invoice.paidOutside !== null) return;
  const [given] = await transaction.query<{ total: bigint }>(CREDITED_TO_BALANCE, [operatorId, invoiceId]);
  const kept = keptForBalance(invoice, given?.total ?? 0n);
  if (kept === 0n) return;
  const key = [operatorId, invoiceId, orderId];
  const [sum] = await transaction.query<{ inHand: bigint; asked: bigint }>(MONEY_IN_HAND, key);
  const { inHand, asked } = sum ?? { inHand: 0n, asked: 0n };
  if (asked === 0n || inHand - asked >= kept) return;
  const left = inHand > kept ? inHand - kept : 0n;
  throw new DomainError(
    'AMOUNT_EXCEEDS_AVAILABLE',
    `amount: ${money(invoice, asked)} is more than the ${money(invoice, left)} that can be given back: of the ${money(invoice, inHand)} left of what was paid, credit notes have made ${money(invoice, kept)} its payer's credit`,
  );
}
