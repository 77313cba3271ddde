import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type ApiContext, MerchantType, merchantLoader, requestOf } from '../tenancy/index.js';
import { recordSettlement } from './record-settlement.js';
import { RecordSettlementInput, RecordSettlementResult, SettlementType } from './settlement.graphql.js';
import { settlementOf } from './settlement-input.js';

@Resolver(() => SettlementType)
export class SettlementsResolver {
  @Authorized('settlements:write')
  @Mutation(() => RecordSettlementResult, {
    description:
      'Records what the operator has paid to a merchant: it is taken off what is available. Refused as ' +
      '`AMOUNT_EXCEEDS_AVAILABLE` where that is less, unless `inAdvance`. Nothing is paid by it. For operator keys.',
  })
  recordSettlement(
    @Arg('input', () => RecordSettlementInput, { description: 'Who was paid, and how much.' })
    input: RecordSettlementInput,
    @Ctx() { principal, units }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = settlementOf(principal, input);
      const request = requestOf(principal, 'recordSettlement', input);
      const row = await units.sql(principal.operatorId, (tx) => recordSettlement(tx, wanted, request));
      return { settlement: new SettlementType(row) };
    });
  }

  @Authorized('merchants:read')
  @FieldResolver(() => MerchantType, { description: 'Who was paid.' })
  async merchant(@Root() { row }: SettlementType, @Ctx() context: ApiContext): Promise<MerchantType> {
    const merchant = await merchantLoader(context).load(row.merchantId);
    if (!merchant) throw new Error(`settlement ${row.id} has no merchant`);
    return new MerchantType(merchant);
  }
}
