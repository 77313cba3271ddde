import { Arg, Authorized, Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import type { Currency } from '../../kernel/currency.js';
import { invalidInput } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { type ApiContext, OperatorType } from '../tenancy/index.js';
import { type MonthPart, monthTotals } from './domain/month-totals.js';
import { InvoiceMonth, InvoiceMonthTotals } from './month-view.graphql.js';
import { INVOICE_MONTH } from './month-view-sql.js';

type Sums = 'total' | 'due' | 'creditApplied' | 'lessened' | 'paid' | 'refunded';
type PartRow = Omit<MonthPart, Sums> & Record<Sums, string>;

const MONTH = /^(?:19[7-9]\d|[2-9]\d{3})-(?:0[1-9]|1[0-2])$/;

/** Whoever holds an Operator was allowed `operators:read`, which no merchant's key has. */
@Resolver(() => OperatorType)
export class OperatorInvoicesResolver {
  @Authorized('invoices:read')
  @FieldResolver(() => InvoiceMonth, {
    description: 'How the invoices of a month stand now, per currency, in the mode of the key.',
  })
  async invoiceMonth(
    @Root() { uuid }: OperatorType,
    @Arg('month', () => String, { description: 'The month that their items are dated in: "2026-10".' }) month: string,
    @Arg('merchantId', () => ID, { nullable: true, description: 'Of this merchant alone, `mer_…`.' })
    merchantId: string | null,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<InvoiceMonth> {
    if (!MONTH.test(month)) throw invalidInput([{ path: ['month'], message: 'must be a month such as "2026-10"' }]);
    const merchant = merchantId == null ? null : uuidOf('merchant', merchantId);
    if (merchantId != null && merchant === null) return { month, currencies: [] };
    const rows = await reads.query<PartRow>(INVOICE_MONTH, [uuid, principal.mode, `${month}-01`, merchant]);
    return { month, currencies: monthTotals(rows.map(partOf)).map((totals) => new InvoiceMonthTotals(totals)) };
  }
}

function partOf({ currency, status, count, ...sums }: PartRow): MonthPart {
  const { total, due, creditApplied, lessened, paid, refunded } = sums;
  return {
    ...{ currency: currency as Currency, status, count, total: BigInt(total), due: BigInt(due) },
    ...{
      creditApplied: BigInt(creditApplied),
      lessened: BigInt(lessened),
      paid: BigInt(paid),
      refunded: BigInt(refunded),
    },
  };
}
