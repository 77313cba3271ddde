import { Arg, Args, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { uuidOf } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { type ApiContext, pageById } from '../tenancy/index.js';
import { InvoiceConnection, InvoiceType } from './invoice.graphql.js';
import { InvoiceFilter } from './invoice-filter.graphql.js';
import { invoiceFilterOf } from './invoice-filter.js';
import { invoiceLoader } from './invoice-loaders.js';
import { listInvoices } from './list-invoices.js';

@Resolver()
export class InvoiceQueriesResolver {
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
