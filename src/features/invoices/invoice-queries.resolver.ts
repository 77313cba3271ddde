import { Arg, Args, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { isCurrency } from '../../kernel/currency.js';
import { invalidInput } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { CurrencyCodeScalar } from '../../platform/graphql/scalars.js';
import { payerLoader } from '../payers/index.js';
import { type ApiContext, pageById } from '../tenancy/index.js';
import { InvoiceConnection, InvoiceType } from './invoice.graphql.js';
import { InvoiceFilter } from './invoice-filter.graphql.js';
import { invoiceFilterOf } from './invoice-filter.js';
import { invoiceLoader } from './invoice-loaders.js';
import { listInvoices } from './list-invoices.js';
import { upcomingInvoice } from './upcoming-invoice.js';

const NOT_A_CURRENCY = (code: string) => `"${code}" is not an ISO 4217 currency code in upper case`;

@Resolver()
export class InvoiceQueriesResolver {
  /** Operators' own time. */
  constructor(private readonly nowOf: (operatorId: string) => Date) {}

  @Authorized('invoices:read')
  @Query(() => InvoiceType, {
    nullable: true,
    description: 'An invoice by its `id`. Null when there is none for this key.',
  })
  async invoice(
    @Ctx() context: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: '`inv_…`.' }) id: string | null,
  ): Promise<InvoiceType | null> {
    const uuid = id && uuidOf('invoice', id);
    const row = uuid ? await invoiceLoader(context).load(uuid) : null;
    return row && new InvoiceType(row);
  }

  @Authorized('invoices:read')
  @Query(() => InvoiceType, {
    nullable: true,
    description:
      "A look ahead: the payer's draft that is closed next, with its amounts of this moment, the credit that would be " +
      'applied, and the agreement that it would be charged under. Null when there is nothing on any draft.',
  })
  async upcomingInvoice(
    @Ctx() context: ApiContext,
    @Arg('payerId', () => ID, { description: 'Whose, `payer_…`.' }) payerId: string,
    @Arg('currency', () => CurrencyCodeScalar, { description: 'In which currency: "EUR".' }) currency: string,
  ): Promise<InvoiceType | null> {
    const uuid = uuidOf('payer', payerId);
    const payer = uuid ? await payerLoader(context).load(uuid) : null;
    if (!isCurrency(currency)) throw invalidInput([{ path: ['currency'], message: NOT_A_CURRENCY(currency) }]);
    if (!payer) return null;
    const { operatorId } = context.principal;
    const wanted = { operatorId, payerId: payer.id, currency, now: this.nowOf(operatorId) };
    const row = await upcomingInvoice(context.reads, wanted);
    return row && new InvoiceType(row);
  }

  @Authorized('invoices:read')
  @Query(() => InvoiceConnection, { description: 'Invoices, newest first, drafts among them.' })
  async invoices(
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => InvoiceFilter, {
      nullable: true,
      description: 'Which invoices. Absent: all that the key may see, in its mode.',
    })
    filter: InvoiceFilter | null,
  ): Promise<Connection<InvoiceType>> {
    const page = pageById(args);
    const rows = await listInvoices(context.reads, context.principal, invoiceFilterOf(filter ?? {}), page);
    return pageOf(
      rows.map((row) => new InvoiceType(row)),
      page,
      ({ row }) => row.id,
    );
  }
}
