import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { CsvExport, PeriodArgs } from '../../platform/downloads/csv-export.graphql.js';
import type { DownloadLinks } from '../../platform/downloads/download-links.js';
import { type ApiContext, MerchantType, OperatorType } from '../tenancy/index.js';
import { type AgreementExportClaims, agreementExportQuery } from './agreement-export.js';
import { AgreementFilter } from './agreement-filter.graphql.js';

const FILTER = { nullable: true, description: 'Which agreements of those days. Absent: all, in the mode of the key.' };
const DAYS = 'made from one day to another, both included; without days of all times. Oldest first.';

/** Agreements as files. Whoever holds a Merchant or an Operator was found allowed to see it. */
@Resolver(() => MerchantType)
export class MerchantAgreementExportResolver {
  constructor(private readonly links: DownloadLinks<AgreementExportClaims>) {}

  @Authorized('agreements:read')
  @FieldResolver(() => CsvExport, { description: `Its agreements as CSV, ${DAYS}` })
  agreementExport(
    @Root() { uuid, timeZone }: MerchantType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('filter', () => AgreementFilter, FILTER) filter: AgreementFilter | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: uuid, timeZone, filter: filter ?? {} });
  }
}

@Resolver(() => OperatorType)
export class OperatorAgreementExportResolver {
  constructor(private readonly links: DownloadLinks<AgreementExportClaims>) {}

  @Authorized('agreements:read')
  @FieldResolver(() => CsvExport, { description: `The agreements of all its merchants as CSV, ${DAYS}` })
  agreementExport(
    @Root() { timeZone }: OperatorType,
    @Args(() => PeriodArgs) days: PeriodArgs,
    @Arg('filter', () => AgreementFilter, FILTER) filter: AgreementFilter | null,
    @Ctx() context: ApiContext,
  ): CsvExport {
    return linkTo(this.links, context, { ...days, merchantId: null, timeZone, filter: filter ?? {} });
  }
}

/** Refused is what would be refused when the link is followed. */
function linkTo(
  links: DownloadLinks<AgreementExportClaims>,
  { principal: { operatorId, mode }, units }: ApiContext,
  wanted: Omit<AgreementExportClaims, 'operatorId' | 'mode'>,
): CsvExport {
  const claims = { ...wanted, operatorId, mode };
  agreementExportQuery(claims);
  return links.make(claims, units.clock.now());
}
