import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { CsvExport, PeriodArgs } from '../../platform/downloads/csv-export.graphql.js';
import type { DownloadLinks } from '../../platform/downloads/download-links.js';
import { type ApiContext, MerchantType, OperatorType } from '../tenancy/index.js';
import { type OrderExportClaims, orderExportQuery } from './order-export.js';
import { OrderFilter } from './order-inputs.graphql.js';

const FILTER = { nullable: true, description: 'Which orders of those days. Absent: all, in the mode of the key.' };
const DAYS = 'made from one day to another, both included; without days of all times. Oldest first.';

/** Orders as files. Whoever holds a Merchant or an Operator was found allowed to see it. */
@Resolver(() => MerchantType)
export class MerchantOrderExportResolver {
  constructor(private readonly links: DownloadLinks<OrderExportClaims>) {}

  @Authorized('orders:read')
  @FieldResolver(() => CsvExport, { description: `Its orders as CSV, ${DAYS}` })
  orderExport(
    @Root() { uuid, timeZone }: MerchantType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('filter', () => OrderFilter, FILTER) filter: OrderFilter | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: uuid, timeZone, filter: filter ?? {} });
  }
}

@Resolver(() => OperatorType)
export class OperatorOrderExportResolver {
  constructor(private readonly links: DownloadLinks<OrderExportClaims>) {}

  @Authorized('orders:read')
  @FieldResolver(() => CsvExport, { description: `The orders of all its merchants as CSV, ${DAYS}` })
  orderExport(
    @Root() { timeZone }: OperatorType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('filter', () => OrderFilter, FILTER) filter: OrderFilter | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: null, timeZone, filter: filter ?? {} });
  }
}

/** Refused is what would be refused when the link is followed. */
function linkTo(
  links: DownloadLinks<OrderExportClaims>,
  { principal: { operatorId, mode }, units }: ApiContext,
  wanted: Omit<OrderExportClaims, 'operatorId' | 'mode'>,
): CsvExport {
  const claims = { ...wanted, operatorId, mode };
  orderExportQuery(claims);
  return links.make(claims, units.clock.now());
}
