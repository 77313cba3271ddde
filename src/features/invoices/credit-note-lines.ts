import { DomainError, type InputIssue, invalidInput, notFound } from '../../kernel/errors.js';
import { Money, parseDecimal } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { CreditLineWanted } from './credit-note-wanted.js';
import { ITEMS_LEFT } from './credit-notes-sql.js';
import { creditedTax } from './domain/credit.js';
import { type CreditNoteLineRow, type InvoiceRow, money } from './invoice-rows.js';

type ItemLeft = {
  itemId: string;
  description: string;
  taxRate: string | null;
  netLeft: bigint;
  taxLeft: bigint;
};

export type CreditLine = Pick<CreditNoteLineRow, 'itemId' | 'net' | 'tax'>;

/** What of which items goes back, or every fault of what was asked for. Asked under the invoice's lock. */
export async function creditLines(
  transaction: Transaction,
  invoice: InvoiceRow,
  wanted: readonly CreditLineWanted[] | null,
): Promise<readonly CreditLine[]> {
  const items = await transaction.query<ItemLeft>(ITEMS_LEFT, [transaction.operatorId, invoice.id]);
  const rest = items.filter(({ netLeft }) => netLeft > 0n);
  if (rest.length === 0) {
    throw new DomainError(
      'AMOUNT_EXCEEDS_AVAILABLE',
      'nothing of this invoice is left to credit: credit notes took back all of it',
    );
  }
  if (!wanted) return rest.map((item) => lineOf(item, item.netLeft));
  return wantedLines(invoice, new Map(items.map((item) => [item.itemId, item])), wanted);
}

function wantedLines(
  invoice: InvoiceRow,
  items: ReadonlyMap<string, ItemLeft>,
  wanted: readonly CreditLineWanted[],
): readonly CreditLine[] {
  const malformed: InputIssue[] = [];
  const tooMuch: InputIssue[] = [];
  const lines = wanted.map(({ itemId, amount }, index) => {
    const item = items.get(itemId ?? '');
    if (!item) throw notFound('invoice item');
    if (wanted.findIndex((other) => other.itemId === itemId) < index)
      malformed.push({ path: ['lines', String(index), 'itemId'], message: 'is named by another line already' });
    const net =
      amount === null ? item.netLeft : minorOf(amount, invoice, ['lines', String(index), 'amount'], malformed);
    if (net > item.netLeft || net === 0n) {
      const message = `is ${money(invoice, net)}, but ${money(invoice, item.netLeft)} of "${item.description}" is left to credit`;
      if (net > item.netLeft || amount === null) tooMuch.push({ path: ['lines', String(index), 'amount'], message });
    }
    return lineOf(item, net);
  });
  if (malformed.length > 0) throw invalidInput(malformed);
  if (tooMuch.length > 0) throw exceeds(tooMuch);
  return lines;
}

function exceeds(issues: readonly InputIssue[]): DomainError {
  const text = issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return new DomainError('AMOUNT_EXCEEDS_AVAILABLE', text, issues);
}

function minorOf(text: string, { currency }: InvoiceRow, path: readonly string[], malformed: InputIssue[]): bigint {
  const amount = parseDecimal(text, currency);
  if (amount instanceof Money && amount.minor > 0n) return amount.minor;
  malformed.push({ path, message: amount instanceof Money ? `must be more than 0, not ${amount}` : amount });
  return 0n;
}

function lineOf(item: ItemLeft, net: bigint): CreditLine {
  return { itemId: item.itemId, net, tax: creditedTax(item, net) };
}
