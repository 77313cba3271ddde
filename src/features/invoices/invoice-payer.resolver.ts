import { Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { PayerType } from '../payers/index.js';
import { type ApiContext, pageById } from '../tenancy/index.js';
import { InvoiceConnection, InvoiceType } from './invoice.graphql.js';
import { creditsLoader } from './invoice-loaders.js';
import { listInvoices } from './list-invoices.js';

/** What a payer has of invoices. Payers know none, so the fields are added from here. */
@Resolver(() => PayerType)
export class PayerInvoicesResolver {
  @Authorized('invoices:read')
  @FieldResolver(() => InvoiceConnection, { description: 'What they owe or owed, newest first, drafts among it.' })
  async invoices(
    @Root() { id }: PayerType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<InvoiceType>> {
    const page = pageById(args);
    const rows = await listInvoices(reads, principal, { payerId: id }, page);
    return pageOf(
      rows.map((row) => new InvoiceType(row)),
      page,
      ({ row }) => row.id,
    );
  }

  @Authorized('invoices:read')
  @FieldResolver(() => [MoneyType], {
    description:
      'What they have in hand from credit notes, one amount per currency: the next invoices use it up. Empty: nothing.',
  })
  async credit(@Root() { uuid }: PayerType, @Ctx() context: ApiContext): Promise<MoneyType[]> {
    const credits = await creditsLoader(context).load(uuid);
    return credits.map(({ currency, balance }) => new MoneyType(Money.of(balance, currency as Currency)));
  }
}
