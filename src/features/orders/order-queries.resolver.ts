import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { uuidOf } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { DecimalScalar, JsonObjectScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { PayerType, payerLoader, payerNodes, StoredCredentialType } from '../payers/index.js';
import { type ApiContext, MerchantType, merchantLoader, pageById } from '../tenancy/index.js';
import { planOf } from './cancel-order.js';
import { isBillNumber } from './domain/bill-number.js';
import { listOrders } from './list-orders.js';
import { DisputeType, OperationObject, TransactionType } from './operation.graphql.js';
import { CancellationPlan, NextAction, OrderConnection, OrderType } from './order.graphql.js';
import { OrderFilter } from './order-inputs.graphql.js';
import { disputesOf, isVisible, operationsLoader, orderLoader, transactionsLoader } from './order-loaders.js';
import type { OrderRow } from './order-rows.js';
import { ORDER_BY_BILL_NUMBER } from './orders-sql.js';
import type { PaymentPageLinks } from './payment-page-link.js';
import { partOf } from './wanted-amount.js';

@Resolver(() => OrderType)
export class OrderQueriesResolver {
  constructor(private readonly pageLinks: PaymentPageLinks) {}

  @Authorized('orders:read')
  @Query(() => OrderType, {
    nullable: true,
    description: 'An order by `id`, or by `billNumber`. Null when there is none for this key.',
  })
  async order(
    @Ctx() context: ApiContext,
    @Arg('id', () => ID, { nullable: true, description: '`ord_…`. Given both, `billNumber` does not count.' })
    id: string | null,
    @Arg('billNumber', () => String, { nullable: true, description: 'Our number of the order: twelve digits.' })
    billNumber: string | null,
  ): Promise<OrderType | null> {
    const uuid = id && uuidOf('order', id);
    const row = uuid
      ? await orderLoader(context).load(uuid)
      : !id && billNumber
        ? await byBillNumber(context, billNumber)
        : null;
    return row && new OrderType(row);
  }

  @Authorized('orders:read')
  @Query(() => OrderConnection, { description: 'Orders, newest first.' })
  async orders(
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => OrderFilter, {
      nullable: true,
      description: 'Which orders. Absent: all that the key may see, in its mode.',
    })
    filter: OrderFilter | null,
  ): Promise<Connection<OrderType>> {
    const page = pageById(args);
    const rows = await listOrders(context.reads, context.principal, filter ?? {}, page);
    return pageOf(
      rows.map((row) => new OrderType(row)),
      page,
      ({ row }) => row.id,
    );
  }

  @FieldResolver(() => MerchantType, { description: 'The shop that is paid.' })
  async merchant(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<MerchantType> {
    const merchant = await merchantLoader(context).load(row.merchantId);
    if (!merchant) throw new Error(`order ${row.id} has no merchant`);
    return new MerchantType(merchant);
  }

  @Authorized('payers:read')
  @FieldResolver(() => PayerType, {
    nullable: true,
    description: 'Who pays; null when nobody was named and nothing stored was charged.',
  })
  async payer(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<PayerType | null> {
    const payer = row.payerId ? await payerLoader(context).load(row.payerId) : null;
    return payer && new PayerType(payer);
  }

  @Authorized('payers:read')
  @FieldResolver(() => StoredCredentialType, {
    nullable: true,
    description: 'What was stored when it was paid, or what stored means it is paid with. Null when nothing is.',
  })
  async storedCredential(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<StoredCredentialType | null> {
    const found = row.credentialId ? await payerNodes.storedCredential(context, row.credentialId) : null;
    return found ?? null;
  }

  @FieldResolver(() => UrlScalar, {
    nullable: true,
    description:
      'Where the payer may pay it in a browser, while nobody has: CREATED or REQUIRES_ACTION. Whoever has the link may ' +
      'open it.',
  })
  paymentPageUrl(@Root() { row }: OrderType, @Ctx() { principal }: ApiContext): string | null {
    return this.pageLinks.urlOf(principal.operatorId, row);
  }

  @FieldResolver(() => [OperationObject], { description: 'All that was asked of the order, oldest first.' })
  async operations(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<OperationObject[]> {
    const operations = await operationsLoader(context).load(row.id);
    return operations.map((each) => new OperationObject(each, row));
  }

  @FieldResolver(() => [DisputeType], { description: "What the payer's bank asked for, oldest first." })
  disputes(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<DisputeType[]> {
    return disputesOf(context, row);
  }

  @FieldResolver(() => NextAction, {
    nullable: true,
    description: 'What the payer must do; only while REQUIRES_ACTION.',
  })
  async nextAction(@Root() { row }: OrderType, @Ctx() context: ApiContext): Promise<NextAction | null> {
    if (row.status !== 'REQUIRES_ACTION') return null;
    const operations = await operationsLoader(context).load(row.id);
    return operations.find(({ nextAction }) => nextAction !== null)?.nextAction ?? null;
  }

  @FieldResolver(() => CancellationPlan, {
    description: 'What `cancelOrder` with this amount would do now; without one: cancelling everything.',
  })
  async cancellationPlan(
    @Root() { row }: OrderType,
    @Arg('amount', () => DecimalScalar, {
      nullable: true,
      description:
        "In major units of the order's currency, at most what is held and refundable together. Absent: everything.",
    })
    amount: string | null,
    @Ctx() context: ApiContext,
  ): Promise<CancellationPlan> {
    return new CancellationPlan(planOf(row, await partOf(context.reads, context.principal.operatorId, row, amount)));
  }

  @FieldResolver(() => JsonObjectScalar, { description: "The merchant's own notes; not for a payer's client token." })
  metadata(@Root() { row }: OrderType): Record<string, unknown> {
    return row.metadata;
  }

  @Authorized('merchants:read')
  @FieldResolver(() => UrlScalar, { nullable: true, description: 'As given to `createOrder`.' })
  callbackUrl(@Root() { row }: OrderType): string | null {
    return row.callbackUrl;
  }

  @FieldResolver(() => UrlScalar, { nullable: true, description: 'As given to `createOrder`.' })
  returnUrl(@Root() { row }: OrderType): string | null {
    return row.returnUrl;
  }
}

@Resolver(() => OperationObject)
export class OperationResolver {
  @FieldResolver(() => [TransactionType], { description: 'In the order in which they are sent.' })
  async transactions(@Root() { row, order }: OperationObject, @Ctx() context: ApiContext): Promise<TransactionType[]> {
    const transactions = await transactionsLoader(context).load(row.orderId);
    return transactions
      .filter(({ operationId }) => operationId === row.id)
      .map((each) => new TransactionType(each, order));
  }
}

async function byBillNumber(context: ApiContext, billNumber: string): Promise<OrderRow | null> {
  if (!isBillNumber(billNumber)) return null;
  const parameters = [context.principal.operatorId, billNumber];
  const [row] = await context.reads.query<OrderRow>(ORDER_BY_BILL_NUMBER, parameters);
  return row && isVisible(context, row) ? row : null;
}
