import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Caller, Carriers } from '../orders/index.js';
import { advance, changeInvoice } from './change-invoice.js';
import { CREDITED_TO_BALANCE } from './credit-notes-sql.js';
import { DELETE_ITEMS_OF_DRAFT } from './drafts-sql.js';
import { assertInvoiceVisible, invoiceOnce } from './invoice-once.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';
import { giveCredit } from './payer-credit.js';
import { assertNobodyPays, closingWaitingOrder } from './waiting-order.js';

/**
 * Takes an invoice back whole, as if it had not been sent: nobody owes it, and
 * what it used of the payer's credit is in hand again. A draft is thrown away
 * without a number.
 */
export function voidInvoice(
  carriers: Carriers,
  caller: Caller,
  { invoiceId }: { readonly invoiceId: string },
  idempotency: IdempotentRequest,
): Promise<InvoiceRow> {
  const { operatorId } = caller;
  return closingWaitingOrder(carriers, operatorId, () =>
    invoiceOnce(carriers.units, operatorId, idempotency, async (transaction) => {
      const { invoice } = await changeInvoice(transaction, invoiceId, async (invoice) => {
        assertInvoiceVisible(invoice, caller);
        if (invoice.status === 'VOID') return;
        await makeVoid(transaction, invoice);
      });
      return invoice;
    }),
  );
}

async function makeVoid(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  if (invoice.status === 'PAID') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      'cannot void an invoice that is PAID: createCreditNote takes back what was invoiced, and gives the money back',
    );
  }
  if (invoice.status === 'DRAFT') await throwAway(transaction, invoice);
  if (invoice.paid > 0n) {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `cannot void an invoice of which ${money(invoice, invoice.paid)} is paid: createCreditNote takes back the ${money(invoice, amountDue(invoice))} that is still owed, and then gives back what was paid`,
    );
  }
  const amount = await unusedCredit(transaction, invoice);
  advance(invoice, 'void');
  await assertNobodyPays(transaction, invoice);
  invoice.voidedAt = transaction.now;
  invoice.retryAt = null;
  const { id: invoiceId, payerId, currency } = invoice;
  if (amount > 0n) giveCredit(transaction, { payerId, currency, amount, invoiceId });
}

/** Its items go with it, so that their references are free, and it comes to what is on it: nothing. */
async function throwAway(transaction: Transaction, invoice: InvoiceRow): Promise<void> {
  await transaction.query(DELETE_ITEMS_OF_DRAFT, [transaction.operatorId, invoice.id]);
  Object.assign(invoice, { subtotal: 0n, tax: 0n, total: 0n, itemCount: 0 });
  Object.assign(invoice, { totalsAt: transaction.now, staleSince: null });
}

/** What it used of the payer's credit, less what notes have given back of it while it was paid. */
async function unusedCredit(transaction: Transaction, invoice: InvoiceRow): Promise<bigint> {
  const key = [transaction.operatorId, invoice.id];
  const [given] = await transaction.query<{ total: bigint }>(CREDITED_TO_BALANCE, key);
  const unused = invoice.creditApplied - (given?.total ?? 0n);
  if (unused >= 0n) return unused;
  throw new DomainError(
    'ILLEGAL_TRANSITION',
    `cannot void an invoice of which credit notes have made ${money(invoice, -unused)} its payer's credit that was paid, and came back since: it is owed for that; markInvoiceUncollectible writes it off`,
  );
}
