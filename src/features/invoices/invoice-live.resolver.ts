import { Arg, Authorized, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { EventCursorScalar } from '../../platform/graphql/scalars.js';
import { type ApiContext, requireScope, watchedEvents } from '../tenancy/index.js';
import { InvoiceStatusChanged, InvoiceType } from './invoice.graphql.js';
import { INVOICE_STATUS_CHANGED } from './invoice-events.js';
import { invoiceLoader } from './invoice-loaders.js';

interface SubscriptionArgs {
  readonly invoiceId?: string | null;
  readonly merchantId?: string | null;
  readonly after?: string | null;
}

@Resolver(() => InvoiceStatusChanged)
export class InvoiceLiveResolver {
  @Authorized('invoices:read')
  @Subscription(() => InvoiceStatusChanged, {
    description:
      'Every change of status of one invoice, of a merchant’s, or of all that the key may see. With `after` everything ' +
      'since that cursor comes first, then it goes on live: no gap, no repeat.',
    subscribe: ({ args, context }) => statusChanges(args as SubscriptionArgs, context as ApiContext),
  })
  invoiceStatusChanged(
    @Root() event: FeedEvent,
    // The arguments are read by `subscribe`; they are declared here for the schema.
    @Arg('invoiceId', () => ID, { nullable: true, description: 'Only this invoice, `inv_…`.' })
    _invoiceId: string | null,
    @Arg('merchantId', () => ID, {
      nullable: true,
      description: "Only invoices of this merchant; a merchant's key watches its own in any case.",
    })
    _merchantId: string | null,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The `cursor` of the last change you saw: all since then comes first. Absent: only what happens from now on.',
    })
    _after: string | null,
  ): InvoiceStatusChanged {
    const { previousStatus, status } = event.payload;
    return {
      cursor: event.cursor,
      occurredAt: event.occurredAt,
      previousStatus: typeof previousStatus === 'string' ? previousStatus : null,
      status: String(status),
      invoiceId: publicId('invoice', event.subjectId),
      invoiceUuid: event.subjectId,
    };
  }

  @FieldResolver(() => InvoiceType, {
    description: 'The invoice as it is now, which may be further on than `status`.',
  })
  async invoice(@Root() { invoiceUuid }: InvoiceStatusChanged, @Ctx() context: ApiContext): Promise<InvoiceType> {
    const invoice = await invoiceLoader(context).load(invoiceUuid);
    if (!invoice) throw notFound('invoice');
    return new InvoiceType(invoice);
  }
}

/** Asked for before the first event, not only at each: a stream that shows nothing still tells that there is one. */
async function statusChanges(args: SubscriptionArgs, context: ApiContext) {
  requireScope(context.principal, 'invoices:read');
  const subjectId = await watchedInvoice(args.invoiceId ?? null, context);
  const { merchantId = null, after = null } = args;
  return watchedEvents({ type: INVOICE_STATUS_CHANGED, subjectId, merchantId, after }, context);
}

async function watchedInvoice(id: string | null, context: ApiContext): Promise<string | null> {
  if (id === null) return null;
  const uuid = uuidOf('invoice', id);
  const invoice = uuid ? await invoiceLoader(context).load(uuid) : null;
  if (!invoice) throw notFound('invoice');
  return invoice.id;
}
