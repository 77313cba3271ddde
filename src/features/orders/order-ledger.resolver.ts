import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { BalanceMovementType, LedgerEntryType, ledgerEntriesOfOrder } from '../ledger/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { OrderType } from './order.graphql.js';
import { orderLoader } from './order-loaders.js';

@Resolver(() => OrderType)
export class OrderLedgerResolver {
  @Authorized('merchants:read')
  @FieldResolver(() => [LedgerEntryType], {
    description:
      'What was posted of it, in the order of posting: what its merchant’s balance changed by, and with an operator’s ' +
      'key the other side of it.',
  })
  ledgerEntries(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<LedgerEntryType[]> {
    return ledgerEntriesOfOrder(context, row.id);
  }
}

/** The ledger lies below orders and knows their ids alone. */
@Resolver(() => LedgerEntryType)
export class LedgerEntryOrderResolver {
  @Authorized('orders:read')
  @FieldResolver(() => OrderType, { nullable: true, description: 'The order that caused it.' })
  order(@Root() { row }: LedgerEntryType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    return orderOf(context, row.orderId);
  }
}

@Resolver(() => BalanceMovementType)
export class BalanceMovementOrderResolver {
  @Authorized('orders:read')
  @FieldResolver(() => OrderType, {
    nullable: true,
    description: 'The order whose money moved. Null for the operator’s other traffic.',
  })
  order(@Root() { row }: BalanceMovementType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    return orderOf(context, row.orderId);
  }
}

async function orderOf(context: ApiContext, orderId: string | null): Promise<OrderType | null> {
  const order = orderId ? await orderLoader(context).load(orderId) : null;
  return order && new OrderType(order);
}
