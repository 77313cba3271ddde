import { Arg, Authorized, Ctx, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { EventCursorScalar } from '../../platform/graphql/scalars.js';
import { type ApiContext, requireScope, watchedEvents } from '../tenancy/index.js';
import { OrderStatusChanged, OrderType } from './order.graphql.js';
import { ORDER_STATUS_CHANGED } from './order-events.js';
import { orderLoader } from './order-loaders.js';

interface SubscriptionArgs {
  readonly orderId?: string | null;
  readonly merchantId?: string | null;
  readonly after?: string | null;
}

@Resolver(() => OrderStatusChanged)
export class OrderLiveResolver {
  @Authorized('orders:read')
  @Subscription(() => OrderStatusChanged, {
    description:
      'Every change of status of one order, of a merchant, or of all that the key may see. With `after` everything ' +
      'since that cursor comes first, then it goes on live: no gap, no repeat. A client token must name its own order.',
    subscribe: ({ args, context }) => statusChanges(args as SubscriptionArgs, context as ApiContext),
  })
  orderStatusChanged(
    @Root() event: FeedEvent,
    // The arguments are read by `subscribe`; they are declared here for the schema.
    @Arg('orderId', () => ID, {
      nullable: true,
      description: 'Only this order, `ord_…`. A client token must give its own.',
    })
    _orderId: string | null,
    @Arg('merchantId', () => ID, {
      nullable: true,
      description: "Only orders of this merchant; a merchant's key watches its own in any case.",
    })
    _merchantId: string | null,
    @Arg('after', () => EventCursorScalar, {
      nullable: true,
      description:
        'The `cursor` of the last change you saw: all since then comes first. Absent: only what happens from now on.',
    })
    _after: string | null,
  ): OrderStatusChanged {
    const { previousStatus, status } = event.payload;
    return {
      cursor: event.cursor,
      occurredAt: event.occurredAt,
      previousStatus: typeof previousStatus === 'string' ? previousStatus : null,
      status: String(status),
      orderId: publicId('order', event.subjectId),
      orderUuid: event.subjectId,
    };
  }

  @FieldResolver(() => OrderType, { description: 'The order as it is now, which may be further on than `status`.' })
  async order(@Root() { orderUuid }: OrderStatusChanged, @Ctx() context: ApiContext): Promise<OrderType> {
    const order = await orderLoader(context).load(orderUuid);
    if (!order) throw notFound('order');
    return new OrderType(order);
  }
}

/** Asked for before the first event, not only at each: a stream that shows nothing still tells that there is one. */
async function statusChanges(args: SubscriptionArgs, context: ApiContext) {
  requireScope(context.principal, 'orders:read');
  const subjectId = await watchedOrder(args.orderId ?? null, context);
  const { merchantId = null, after = null } = args;
  return watchedEvents({ type: ORDER_STATUS_CHANGED, subjectId, merchantId, after }, context);
}

async function watchedOrder(id: string | null, context: ApiContext): Promise<string | null> {
  if (id === null && context.principal.kind !== 'CLIENT') return null;
  const uuid = id && uuidOf('order', id);
  const order = uuid ? await orderLoader(context).load(uuid) : null;
  if (!order) throw notFound('order');
  return order.id;
}
