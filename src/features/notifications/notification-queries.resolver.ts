import { Arg, Args, Authorized, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { OrderType, orderLoader } from '../orders/index.js';
import { type ApiContext, MerchantType, pageById } from '../tenancy/index.js';
import { listNotifications } from './list-notifications.js';
import {
  NotificationAttemptType,
  NotificationConnection,
  NotificationEndpointType,
  NotificationType,
} from './notification.graphql.js';
import { NotificationFilter } from './notification-inputs.graphql.js';
import {
  attemptsOfNotifications,
  endpointLoader,
  endpointsOfMerchants,
  notificationsOfOrders,
} from './notification-loaders.js';

@Resolver(() => NotificationType)
export class NotificationQueriesResolver {
  @Authorized('notifications:read')
  @Query(() => NotificationConnection, { description: 'Notifications, newest first.' })
  async notifications(
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => NotificationFilter, {
      nullable: true,
      description: 'Which notifications. Absent: all that the key may see, in its mode.',
    })
    filter: NotificationFilter | null,
  ): Promise<Connection<NotificationType>> {
    const page = pageById(args);
    const rows = await listNotifications(context.reads, context.principal, filter ?? {}, page);
    return pageOf(
      rows.map((row) => new NotificationType(row)),
      page,
      ({ row }) => row.id,
    );
  }

  @FieldResolver(() => [NotificationAttemptType], { description: 'Every try of it, oldest first.' })
  attempts(@Root() { row }: NotificationType, @Ctx() context: ApiContext): Promise<NotificationAttemptType[]> {
    return attemptsOfNotifications(context).load(row.id);
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is tried next. Null when it is over, and while it waits behind an earlier one.',
  })
  async nextAttemptAt(@Root() { row }: NotificationType, @Ctx() context: ApiContext): Promise<Date | null> {
    const { dueAt } = row;
    if (!dueAt) return null;
    const pausedUntil = (await endpointLoader(context).load(row.endpointId))?.pausedUntil;
    return pausedUntil && pausedUntil > dueAt ? pausedUntil : dueAt;
  }

  @Authorized('orders:read')
  @FieldResolver(() => OrderType, { nullable: true, description: 'The order it tells of; null when of none.' })
  async order(@Root() { row }: NotificationType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    const order = row.orderId ? await orderLoader(context).load(row.orderId) : null;
    return order && new OrderType(order);
  }

  @FieldResolver(() => NotificationEndpointType, { description: 'The server it goes to.' })
  async endpoint(@Root() { row }: NotificationType, @Ctx() context: ApiContext): Promise<NotificationEndpointType> {
    const endpoint = await endpointLoader(context).load(row.endpointId);
    if (!endpoint) throw new Error(`notification ${row.id} has no endpoint`);
    return new NotificationEndpointType(endpoint);
  }
}

/** What an order has of its notifications. */
@Resolver(() => OrderType)
export class OrderNotificationsResolver {
  @Authorized('notifications:read')
  @FieldResolver(() => [NotificationType], {
    description: 'What its merchant was told of it, or is to be, oldest first; at most 100. `notifications` has all.',
  })
  async notifications(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<NotificationType[]> {
    const rows = await notificationsOfOrders(context).load(row.id);
    return rows.map((each) => new NotificationType(each));
  }
}

/** What a merchant has of its endpoints. */
@Resolver(() => MerchantType)
export class MerchantEndpointsResolver {
  @Authorized('notifications:read')
  @FieldResolver(() => [NotificationEndpointType], {
    description:
      "The servers that its notifications go to in the key's mode: those that have taken something before the others, " +
      'newest first; at most 100. Where only tests went is not listed.',
  })
  async notificationEndpoints(
    @Root() { uuid }: MerchantType,
    @Ctx() context: ApiContext,
  ): Promise<NotificationEndpointType[]> {
    const rows = await endpointsOfMerchants(context).load(uuid);
    return rows.map((each) => new NotificationEndpointType(each));
  }
}
