import type { Currency } from '../../kernel/currency.js';
import type { Sql } from '../../platform/database/sql.js';
import { AGREEMENTS_FOR_INVOICE } from './charge-invoice-sql.js';
import { agreementChoice, type Candidate } from './domain/agreement-choice.js';
import { sumOf } from './domain/item-amounts.js';
import { NEXT_DRAFT } from './drafts-sql.js';
import type { TaxLineRow } from './invoice-item.graphql.js';
import { CREDITS_OF_PAYERS, TAX_LINES_OF_INVOICES } from './invoice-reads-sql.js';
import type { InvoiceRow } from './invoice-rows.js';

export interface UpcomingWanted {
  readonly operatorId: string;
  readonly payerId: string;
  readonly currency: Currency;
  /** What its amounts are as of. */
  readonly now: Date;
}

/**
 * The draft that a payer is charged for next, as it would be if it were closed
 * now: added up afresh, less the payer's credit, under the agreement that would
 * be taken. Null when there is nothing.
 */
export async function upcomingInvoice(sql: Sql, wanted: UpcomingWanted): Promise<InvoiceRow | null> {
  const { operatorId, payerId, currency, now } = wanted;
  const [draft] = await sql.query<InvoiceRow>(NEXT_DRAFT, [operatorId, payerId, currency]);
  if (!draft) return null;
  const { id, merchantId, mode, agreementId } = draft;
  const [lines, credits, candidates] = await Promise.all([
    sql.query<TaxLineRow & { items: number }>(TAX_LINES_OF_INVOICES, [operatorId, [id]]),
    sql.query<{ currency: string; balance: bigint }>(CREDITS_OF_PAYERS, [operatorId, [payerId]]),
    sql.query<Candidate & Record<string, unknown>>(AGREEMENTS_FOR_INVOICE, [
      operatorId,
      payerId,
      merchantId,
      mode,
      agreementId,
    ]),
  ]);
  const { net: subtotal, tax } = sumOf(lines);
  const total = subtotal + tax;
  const credit = credits.find((each) => each.currency === currency)?.balance ?? 0n;
  const choice = agreementChoice(draft, candidates);
  return {
    ...draft,
    subtotal,
    tax,
    total,
    itemCount: lines.reduce((sum, { items }) => sum + items, 0),
    creditApplied: credit < total ? credit : total,
    agreementId: choice.kind === 'AGREEMENT' ? choice.id : null,
    totalsAt: now,
  };
}
