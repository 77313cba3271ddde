import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { CsvExport, PeriodArgs } from '../../platform/downloads/csv-export.graphql.js';
import type { DownloadLinks } from '../../platform/downloads/download-links.js';
import { CurrencyCodeScalar } from '../../platform/graphql/scalars.js';
import { type ApiContext, MerchantType, OperatorType } from '../tenancy/index.js';
import { type LedgerExportClaims, ledgerExportQuery } from './ledger-export.js';

const CURRENCY = { nullable: true, description: 'Only this one. Absent: all, one below the other.' };
const DAYS = 'posted from one day to another, both included; without days of all times. In the order of their posting.';

/** The books as files. Whoever holds a Merchant or an Operator was found allowed to see it. */
@Resolver(() => MerchantType)
export class MerchantLedgerExportResolver {
  constructor(private readonly links: DownloadLinks<LedgerExportClaims>) {}

  @Authorized('merchants:read')
  @FieldResolver(() => CsvExport, {
    description: `All entries of its balances as CSV, ${DAYS} For a reader, with opening and closing: \`statement\`.`,
  })
  ledgerExport(
    @Root() { uuid, timeZone }: MerchantType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('currency', () => CurrencyCodeScalar, CURRENCY) currency: string | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: uuid, timeZone, currency });
  }
}

@Resolver(() => OperatorType)
export class OperatorLedgerExportResolver {
  constructor(private readonly links: DownloadLinks<LedgerExportClaims>) {}

  @Authorized('payment-systems:read', 'merchants:read')
  @FieldResolver(() => CsvExport, {
    description: `All entries of its own accounts and its merchants’ balances as CSV, ${DAYS} Those of a posting sum to zero.`,
  })
  ledgerExport(
    @Root() { timeZone }: OperatorType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('currency', () => CurrencyCodeScalar, CURRENCY) currency: string | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: null, timeZone, currency });
  }
}

/** Refused is what would be refused when the link is followed. */
function linkTo(
  links: DownloadLinks<LedgerExportClaims>,
  { principal: { operatorId, mode }, units }: ApiContext,
  wanted: Omit<LedgerExportClaims, 'operatorId' | 'mode'>,
): CsvExport {
  const claims = { ...wanted, operatorId, mode };
  ledgerExportQuery(claims);
  return links.make(claims, units.clock.now());
}
