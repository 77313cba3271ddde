import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import { AddInvoiceItemInput, AddInvoiceItemResult } from './add-invoice-item.graphql.js';
import { addInvoiceItem } from './add-invoice-item.js';
import { newItemOf } from './add-invoice-item-input.js';
import { InvoiceType } from './invoice.graphql.js';
import { InvoiceItemType } from './invoice-item.graphql.js';
import { itemToRemove, RemoveInvoiceItemInput, RemoveInvoiceItemResult } from './remove-invoice-item.graphql.js';
import { removeInvoiceItem } from './remove-invoice-item.js';

/** What drafts are filled by. */
@Resolver()
export class InvoiceItemsResolver {
  constructor(private readonly parts: { readonly units: UnitsOfWork }) {}

  @Authorized('invoices:write')
  @Mutation(() => AddInvoiceItemResult, {
    description:
      'Adds something to what a payer owes, on the draft of its month, which is made if it is the first. `ILLEGAL_TRANSITION` ' +
      'where that month is closed already. Nothing is charged by this: the draft is closed and charged by itself on the ' +
      '2nd of the next month.',
  })
  addInvoiceItem(
    @Arg('input', () => AddInvoiceItemInput, {
      description: 'Who owes how much for what; faults are listed all at once.',
    })
    input: AddInvoiceItemInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'addInvoiceItem', input);
      const { item, invoice } = await addInvoiceItem(this.parts.units, principal, newItemOf(principal, input), request);
      return { item: new InvoiceItemType(item, invoice.currency), invoice: new InvoiceType(invoice) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => RemoveInvoiceItemResult, {
    description:
      'Takes an item off a DRAFT, as if it had never been added. What is closed is taken back by a credit note.',
  })
  removeInvoiceItem(
    @Arg('input', () => RemoveInvoiceItemInput, { description: 'The item that should not have been added.' })
    input: RemoveInvoiceItemInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'removeInvoiceItem', input);
      const invoice = await removeInvoiceItem(this.parts.units, principal, itemToRemove(input), request);
      return { invoice: new InvoiceType(invoice) };
    });
  }
}
