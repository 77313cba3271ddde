import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { OrderType } from '../orders/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { invoiceLoader } from './invoice-loaders.js';

/** Orders know no invoices, so the field is added from here. */
@Resolver(() => OrderType)
export class OrderInvoiceResolver {
  @Authorized('invoices:read')
  @FieldResolver(() => InvoiceType, {
    nullable: true,
    description: 'The invoice that it is to pay. Null: it pays none.',
  })
  async invoice(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<InvoiceType | null> {
    const invoice = row.invoiceId ? await invoiceLoader(context).load(row.invoiceId) : null;
    return invoice && new InvoiceType(invoice);
  }
}
