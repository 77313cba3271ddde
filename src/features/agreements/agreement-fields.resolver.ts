import { Arg, Args, Authorized, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { invalidInput } from '../../kernel/errors.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { listOrders, OrderConnection, OrderType, orderLoader } from '../orders/index.js';
import { PayerType, payerLoader, payerNodes, StoredCredentialType } from '../payers/index.js';
import { type ApiContext, MerchantType, merchantLoader, pageById } from '../tenancy/index.js';
import { AgreementType } from './agreement.graphql.js';
import {
  AgreementChangeConnection,
  AgreementChangeType,
  AgreementChargeConnection,
  AgreementChargeType,
} from './agreement-charge.graphql.js';
import { attemptsLoader, fileOf } from './agreement-loaders.js';
import { UpcomingChargeType } from './agreement-parts.graphql.js';
import { changesPage, chargesPage } from './agreement-reads-sql.js';
import type { ChangeRow, ChargeRow } from './agreement-rows.js';
import { InstallmentStatement, InstallmentType } from './installment.graphql.js';
import { installmentsOf, totalsOf } from './installments.js';
import { forecast } from './plan.js';

const UPCOMING_DEFAULT = 12;
const UPCOMING_MAX = 100;

@Resolver(() => AgreementType)
export class AgreementFieldsResolver {
  @FieldResolver(() => MerchantType, { description: 'The shop that may charge.' })
  async merchant(@Root() { row }: AgreementType, @Ctx() context: ApiContext): Promise<MerchantType> {
    const merchant = await merchantLoader(context).load(row.merchantId);
    if (!merchant) throw new Error(`agreement ${row.id} has no merchant`);
    return new MerchantType(merchant);
  }

  @Authorized('payers:read')
  @FieldResolver(() => PayerType, { description: 'Who agreed to be charged.' })
  async payer(@Root() { row }: AgreementType, @Ctx() context: ApiContext): Promise<PayerType> {
    const payer = await payerLoader(context).load(row.payerId);
    if (!payer) throw new Error(`agreement ${row.id} has no payer`);
    return new PayerType(payer);
  }

  @Authorized('payers:read')
  @FieldResolver(() => StoredCredentialType, {
    nullable: true,
    description: 'What is charged; null until the payer’s first transaction succeeded.',
  })
  async credential(@Root() { row }: AgreementType, @Ctx() context: ApiContext): Promise<StoredCredentialType | null> {
    const found = row.credentialId ? await payerNodes.storedCredential(context, row.credentialId) : null;
    return found ?? null;
  }

  @FieldResolver(() => [InstallmentType], {
    nullable: true,
    description: 'All parts of an instalment plan in their order, 2 to 99; null for every other agreement.',
  })
  async installments(@Root() { row }: AgreementType, @Ctx() context: ApiContext): Promise<InstallmentType[] | null> {
    const parts = installmentsOf(await fileOf(context, row));
    return parts?.map((part) => new InstallmentType(row, part)) ?? null;
  }

  @FieldResolver(() => InstallmentStatement, {
    nullable: true,
    description: 'How much of an instalment plan is paid and how much is left; null for every other agreement.',
  })
  async installmentStatement(@Root() { row }: AgreementType, @Ctx() context: ApiContext) {
    const parts = installmentsOf(await fileOf(context, row));
    return parts && new InstallmentStatement(row, totalsOf(parts));
  }

  @FieldResolver(() => [UpcomingChargeType], {
    description:
      'What the schedule charges next, as things are now, soonest first. Empty without a schedule, and for an ' +
      'agreement that is suspended or has ended.',
  })
  async upcomingCharges(
    @Root() { row }: AgreementType,
    @Arg('first', () => Int, {
      nullable: true,
      defaultValue: UPCOMING_DEFAULT,
      description: `How many at most, 1 to ${UPCOMING_MAX}.`,
    })
    first: number | null,
    @Ctx() context: ApiContext,
  ): Promise<UpcomingChargeType[]> {
    const count = upcomingCount(first);
    if (row.status === 'SUSPENDED') return [];
    return forecast(await fileOf(context, row), count).map((charge) => new UpcomingChargeType(row, charge));
  }

  @Authorized('orders:read')
  @FieldResolver(() => OrderConnection, {
    description:
      'What was paid or tried under it, newest first: the payer’s own payments and every attempt at a charge.',
  })
  async orders(
    @Root() { id }: AgreementType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<OrderType>> {
    const page = pageById(args);
    const rows = await listOrders(reads, principal, { agreementId: id }, page);
    return pageOf(
      rows.map((each) => new OrderType(each)),
      page,
      ({ row }) => row.id,
    );
  }

  @FieldResolver(() => AgreementChargeConnection, {
    description: 'What was charged under it, newest first, with every charge once however often it was tried.',
  })
  async charges(
    @Root() { row: agreement }: AgreementType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<AgreementChargeType>> {
    const page = pageById(args);
    const key = [principal.operatorId, agreement.id, page.beforeId];
    const rows = await reads.query<ChargeRow>(chargesPage(page.limit), key);
    return pageOf(
      rows.map((each) => new AgreementChargeType(each, agreement)),
      page,
      ({ row }) => row.id,
    );
  }

  @FieldResolver(() => AgreementChangeConnection, {
    description: 'Every change to it, newest first: who, when, what before and what after.',
  })
  async history(
    @Root() { row: agreement }: AgreementType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<AgreementChangeType>> {
    const page = pageById(args);
    const key = [principal.operatorId, agreement.id, page.beforeId];
    const rows = await reads.query<ChangeRow>(changesPage(page.limit), key);
    return pageOf(
      rows.map((each) => new AgreementChangeType(each, agreement)),
      page,
      ({ row }) => row.id,
    );
  }
}

@Resolver(() => InstallmentType)
export class InstallmentFieldsResolver {
  @Authorized('orders:read')
  @FieldResolver(() => OrderType, {
    nullable: true,
    description: 'By which it was paid, or tried last; null for a part that was not tried yet.',
  })
  async order(@Root() { part }: InstallmentType, @Ctx() context: ApiContext): Promise<OrderType | null> {
    const order = part.orderId ? await orderLoader(context).load(part.orderId) : null;
    return order && new OrderType(order);
  }
}

@Resolver(() => AgreementChargeType)
export class AgreementChargeFieldsResolver {
  @Authorized('orders:read')
  @FieldResolver(() => [OrderType], { description: 'Every attempt at it, oldest first; at most one of them is paid.' })
  async orders(@Root() { row }: AgreementChargeType, @Ctx() context: ApiContext): Promise<OrderType[]> {
    const orders = await attemptsLoader(context).load(row.id);
    return orders.map((order) => new OrderType(order));
  }
}

function upcomingCount(first: number | null): number {
  const count = first ?? UPCOMING_DEFAULT;
  if (count >= 1 && count <= UPCOMING_MAX) return count;
  throw invalidInput([{ path: ['first'], message: `must be 1 to ${UPCOMING_MAX}, not ${count}` }]);
}
