import { Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { UrlScalar } from '../../platform/graphql/scalars.js';
import { AgreementType, agreementLoader } from '../agreements/index.js';
import { listOrders, OrderConnection, OrderType, orderLoader, type PaymentPageLinks } from '../orders/index.js';
import { PayerType, payerLoader } from '../payers/index.js';
import { type ApiContext, MerchantType, merchantLoader, pageById } from '../tenancy/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteLineType, CreditNoteType } from './invoice-credit-note.graphql.js';
import { InvoiceItemConnection, InvoiceItemType, TaxLineType } from './invoice-item.graphql.js';
import {
  creditNoteLinesLoader,
  creditNotesLoader,
  invoiceLoader,
  itemLoader,
  itemsLoader,
  lastAgreementLoader,
  taxLinesLoader,
} from './invoice-loaders.js';
import type { InvoiceRow } from './invoice-rows.js';

@Resolver(() => InvoiceType)
export class InvoiceFieldsResolver {
  constructor(private readonly pageLinks: PaymentPageLinks) {}

  @FieldResolver(() => MerchantType, { description: 'The shop that is owed.' })
  async merchant(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<MerchantType> {
    const merchant = await merchantLoader(context).load(row.merchantId);
    if (!merchant) throw new Error(`invoice ${row.id} has no merchant`);
    return new MerchantType(merchant);
  }

  @Authorized('payers:read')
  @FieldResolver(() => PayerType, { description: 'Who owes it.' })
  async payer(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<PayerType> {
    const payer = await payerLoader(context).load(row.payerId);
    if (!payer) throw new Error(`invoice ${row.id} has no payer`);
    return new PayerType(payer);
  }

  @Authorized('agreements:read')
  @FieldResolver(() => AgreementType, {
    nullable: true,
    description:
      'What it is to be charged under, or was last. Null where nothing was named: then, as it is charged, the payer’s ' +
      'newest without a schedule is looked for.',
  })
  async agreement(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<AgreementType | null> {
    const id = row.agreementId ?? (await chargedUnder(row, context));
    const agreement = id ? await agreementLoader(context).load(id) : null;
    return agreement && new AgreementType(agreement);
  }

  @FieldResolver(() => InvoiceItemConnection, { description: 'What it is for, newest first.' })
  async items(
    @Root() { row: invoice }: InvoiceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Connection<InvoiceItemType>> {
    const page = pageById(args);
    const { limit, beforeId } = page;
    const rows = await itemsLoader(context).load({ invoiceId: invoice.id, limit, beforeId });
    const items = rows.map((row) => new InvoiceItemType(row, invoice.currency));
    return pageOf(items, page, ({ row }) => row.id);
  }

  @FieldResolver(() => [TaxLineType], {
    description:
      'Its items per rate of tax, the lowest first. They add up to `subtotal` and `tax`; those of a DRAFT are of this ' +
      'moment, and so ahead of its totals.',
  })
  async taxLines(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<TaxLineType[]> {
    const lines = await taxLinesLoader(context).load(row.id);
    return lines.map((line) => new TaxLineType(line, row.currency));
  }

  @FieldResolver(() => [CreditNoteType], { description: 'What was taken back of it, oldest first.' })
  async creditNotes(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<CreditNoteType[]> {
    const notes = await creditNotesLoader(context).load(row.id);
    return notes.map((note) => new CreditNoteType(note));
  }

  @Authorized('orders:read')
  @FieldResolver(() => OrderType, {
    nullable: true,
    description: 'The order that is to pay it, or has, or was the last to fail to. Null before the first.',
  })
  async order(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    const order = await orderOf(row, context);
    return order && new OrderType(order);
  }

  @Authorized('orders:read')
  @FieldResolver(() => OrderConnection, { description: 'Every attempt to pay it, newest first; one is paid at most.' })
  async orders(
    @Root() { row: invoice }: InvoiceType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<OrderType>> {
    const page = pageById(args);
    const rows = await listOrders(reads, principal, { invoiceId: publicId('invoice', invoice.id) }, page);
    return pageOf(
      rows.map((row) => new OrderType(row)),
      page,
      ({ row }) => row.id,
    );
  }

  @Authorized('orders:read')
  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'Where the payer may pay it in a browser, while its order waits for that; null else. Whoever has the link may open it.',
  })
  async paymentPageUrl(@Root() { row }: InvoiceType, @Ctx() context: ApiContext): Promise<string | null> {
    const order = await orderOf(row, context);
    return order && this.pageLinks.urlOf(context.principal.operatorId, order);
  }
}

/** Its payer's page, which may follow, is an order of no agreement. */
async function chargedUnder(row: InvoiceRow, context: ApiContext): Promise<string | undefined> {
  const agreementId = (await orderOf(row, context))?.agreementId;
  if (agreementId || row.attempts === 0) return agreementId ?? undefined;
  const [last] = await lastAgreementLoader(context).load(row.id);
  return last?.agreementId;
}

async function orderOf({ orderId }: InvoiceRow, context: ApiContext) {
  return orderId ? orderLoader(context).load(orderId) : null;
}

@Resolver(() => CreditNoteType)
export class CreditNoteFieldsResolver {
  @FieldResolver(() => InvoiceType, { description: 'The invoice that it takes something back of.' })
  async invoice(@Root() { row }: CreditNoteType, @Ctx() context: ApiContext): Promise<InvoiceType> {
    const invoice = await invoiceLoader(context).load(row.invoiceId);
    if (!invoice) throw new Error(`credit note ${row.id} has no invoice`);
    return new InvoiceType(invoice);
  }

  @FieldResolver(() => [CreditNoteLineType], { description: 'What is taken back of which items.' })
  async lines(@Root() { row }: CreditNoteType, @Ctx() context: ApiContext): Promise<CreditNoteLineType[]> {
    const lines = await creditNoteLinesLoader(context).load(row.id);
    return lines.map((line) => new CreditNoteLineType(line, row.currency));
  }
}

@Resolver(() => CreditNoteLineType)
export class CreditNoteLineFieldsResolver {
  @FieldResolver(() => InvoiceItemType, { description: 'The item of the invoice.' })
  async item(@Root() { row, currency }: CreditNoteLineType, @Ctx() context: ApiContext): Promise<InvoiceItemType> {
    const item = await itemLoader(context).load(row.itemId);
    if (!item) throw new Error(`line ${row.id} of a credit note has no item`);
    return new InvoiceItemType(item, currency);
  }
}
