import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type Carriers, OrderType } from '../orders/index.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import { createCreditNote } from './create-credit-note.js';
import { finalizeInvoice } from './finalize-invoice.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';
import {
  CreateCreditNoteInput,
  FinalizeInvoiceInput,
  MarkInvoiceUncollectibleInput,
  PayInvoiceInput,
  ReopenInvoiceInput,
  UpdateInvoiceInput,
  VoidInvoiceInput,
} from './invoice-mutation-inputs.graphql.js';
import { creditNoteWantedOf, invoiceChangesOf, invoiceNamedBy, paymentOfInvoice } from './invoice-mutation-inputs.js';
import {
  CreateCreditNoteResult,
  FinalizeInvoiceResult,
  MarkInvoiceUncollectibleResult,
  PayInvoiceResult,
  ReopenInvoiceResult,
  UpdateInvoiceResult,
  VoidInvoiceResult,
} from './invoice-mutation-results.graphql.js';
import { markInvoiceUncollectible, reopenInvoice } from './mark-uncollectible.js';
import { payInvoice } from './pay-invoice.js';
import { updateInvoice } from './update-invoice.js';
import { voidInvoice } from './void-invoice.js';

/** What people do to invoices by hand. */
@Resolver()
export class InvoiceMutationsResolver {
  constructor(private readonly carriers: Carriers) {}

  @Authorized('invoices:write')
  @Mutation(() => UpdateInvoiceResult, {
    description:
      'Changes the title, the last day to pay or the agreement of an invoice. What it is for and what it comes to is ' +
      'never changed once it is closed: `createCreditNote` takes it back.',
  })
  updateInvoice(
    @Arg('input', () => UpdateInvoiceInput, { description: 'Which invoice, and what is different from now on.' })
    input: UpdateInvoiceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = invoiceChangesOf(input);
      const request = requestOf(principal, 'updateInvoice', input);
      return { invoice: new InvoiceType(await updateInvoice(this.carriers, principal, wanted, request)) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => FinalizeInvoiceResult, {
    description:
      'Closes a draft before its time: its items and amounts are final, it gets the next number of its series, and is ' +
      'charged in a moment. What is added for the month afterwards gathers on another draft. It cannot be undone.',
  })
  finalizeInvoice(
    @Arg('input', () => FinalizeInvoiceInput, { description: 'Which draft is closed.' }) input: FinalizeInvoiceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'finalizeInvoice', input);
      const invoice = await finalizeInvoice(this.carriers, principal, invoiceNamedBy(input), request);
      return { invoice: new InvoiceType(invoice) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => PayInvoiceResult, {
    description:
      'Charges what is owed of an invoice now, under the agreement of its payer, or records that it was paid past us. An ' +
      'order that waits for the payer is closed first, so that nobody pays twice. `AGREEMENT_REQUIRED` where there is ' +
      'nothing to charge it under; what the agreement’s limits forbid is left to the payer, and `chargeStop` says so. ' +
      'An UNCOLLECTIBLE invoice is owed again by this. `OUTCOME_PENDING` while a payment of it is under way.',
  })
  payInvoice(
    @Arg('input', () => PayInvoiceInput, { description: 'Which invoice, and how it was paid if it was.' })
    input: PayInvoiceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = paymentOfInvoice(input);
      const request = requestOf(principal, 'payInvoice', input);
      const { invoice, order } = await payInvoice(this.carriers, principal, wanted, request);
      return { invoice: new InvoiceType(invoice), order: order && new OrderType(order) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => VoidInvoiceResult, {
    description:
      'Takes an unpaid invoice back whole: nobody owes it any more, the page on which it could be paid is closed, and ' +
      'what it used of the payer’s credit is in hand again. A DRAFT is thrown away without a number, and ' +
      'its items with it, whose references are free again. It cannot be undone. Of one that is VOID already it is success; a PAID one is taken back with ' +
      '`createCreditNote`. `OUTCOME_PENDING` while a payment of it is under way.',
  })
  voidInvoice(
    @Arg('input', () => VoidInvoiceInput, { description: 'Which invoice nobody is to pay.' }) input: VoidInvoiceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'voidInvoice', input);
      const invoice = await voidInvoice(this.carriers, principal, invoiceNamedBy(input), request);
      return { invoice: new InvoiceType(invoice) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => MarkInvoiceUncollectibleResult, {
    description:
      'Writes an invoice off: it is not charged by itself any more. A page on which its payer could pay stays open, and ' +
      'money that comes after all makes it PAID. `reopenInvoice` is the way back.',
  })
  markInvoiceUncollectible(
    @Arg('input', () => MarkInvoiceUncollectibleInput, { description: 'Which invoice is not expected to be paid.' })
    input: MarkInvoiceUncollectibleInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'markInvoiceUncollectible', input);
      const invoice = await markInvoiceUncollectible(this.carriers, principal, invoiceNamedBy(input), request);
      return { invoice: new InvoiceType(invoice) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => ReopenInvoiceResult, {
    description:
      'Says that an invoice that was written off is owed after all. Nothing is charged by this: `payInvoice` charges it.',
  })
  reopenInvoice(
    @Arg('input', () => ReopenInvoiceInput, { description: 'Which invoice is owed again.' }) input: ReopenInvoiceInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const request = requestOf(principal, 'reopenInvoice', input);
      const invoice = await reopenInvoice(this.carriers, principal, invoiceNamedBy(input), request);
      return { invoice: new InvoiceType(invoice) };
    });
  }

  @Authorized('invoices:write')
  @Mutation(() => CreateCreditNoteResult, {
    description:
      'Takes back a closed invoice or a part of it, with its tax, under a number of its own. Of an invoice that is owed ' +
      'less is owed then; of a PAID one the money is refunded the way it was paid, or becomes the payer’s credit. All ' +
      'notes of an item together never take back more than it was, and never more money goes back than came. It cannot ' +
      'be undone.',
  })
  createCreditNote(
    @Arg('input', () => CreateCreditNoteInput, { description: 'What is taken back of which invoice, and why.' })
    input: CreateCreditNoteInput,
    @Ctx() { principal }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = creditNoteWantedOf(input);
      const request = requestOf(principal, 'createCreditNote', input);
      const { note, invoice } = await createCreditNote(this.carriers, principal, wanted, request);
      return { creditNote: new CreditNoteType(note), invoice: new InvoiceType(invoice) };
    });
  }
}
