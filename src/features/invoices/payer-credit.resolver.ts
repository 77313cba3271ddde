import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { CurrencyCodeScalar } from '../../platform/graphql/scalars.js';
import { PayerType } from '../payers/index.js';
import { type ApiContext, pageById } from '../tenancy/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';
import { creditNoteLoader, invoiceLoader } from './invoice-loaders.js';
import { PayerCreditEntryConnection, type PayerCreditEntryRow, PayerCreditEntryType } from './payer-credit.graphql.js';
import { CREDIT_ENTRIES_BEFORE } from './payer-credit-sql.js';

/** How what a payer has in hand came to be. Payers know of no invoices, so the field is added from here. */
@Resolver(() => PayerType)
export class PayerCreditResolver {
  @Authorized('invoices:read')
  @FieldResolver(() => PayerCreditEntryConnection, {
    description: 'What has made their `credit` in a currency, newest first: the sum of all is what they have in hand.',
  })
  async creditEntries(
    @Root() { uuid }: PayerType,
    @Arg('currency', () => CurrencyCodeScalar, { description: 'In which currency: "EUR".' }) currency: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<PayerCreditEntryType>> {
    const page = pageById(args);
    const key = [principal.operatorId, uuid, currency, page.beforeId];
    const rows = await reads.query<PayerCreditEntryRow>(CREDIT_ENTRIES_BEFORE, key);
    const entries = rows.slice(0, page.limit).map((row) => new PayerCreditEntryType(row));
    return pageOf(entries, page, ({ row }) => row.id);
  }
}

@Resolver(() => PayerCreditEntryType)
export class PayerCreditEntryResolver {
  @FieldResolver(() => CreditNoteType, { nullable: true, description: 'The credit note that gave it, where one did.' })
  async creditNote(@Root() { row }: PayerCreditEntryType, @Ctx() context: ApiContext): Promise<CreditNoteType | null> {
    const note = row.creditNoteId ? await creditNoteLoader(context).load(row.creditNoteId) : null;
    return note && new CreditNoteType(note);
  }

  @FieldResolver(() => InvoiceType, {
    nullable: true,
    description: 'The invoice that used it, or that was voided after it had; null with a credit note.',
  })
  async invoice(@Root() { row }: PayerCreditEntryType, @Ctx() context: ApiContext): Promise<InvoiceType | null> {
    const invoice = row.invoiceId ? await invoiceLoader(context).load(row.invoiceId) : null;
    return invoice && new InvoiceType(invoice);
  }
}
