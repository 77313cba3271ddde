import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type ApiContext, MerchantType, merchantLoader } from '../tenancy/index.js';
import { LedgerEntryType } from './ledger-entry.graphql.js';
import { entriesOfPostings, payoutSeen, settlementSeen } from './ledger-loaders.js';
import { PayoutType } from './payout.graphql.js';
import { SettlementType } from './settlement.graphql.js';

/** What an entry belongs to. Its order is added by orders, which know more of it. */
@Resolver(() => LedgerEntryType)
export class LedgerEntryResolver {
  @FieldResolver(() => [LedgerEntryType], {
    description:
      'The other lines of the same posting, as far as the key may see them: an operator’s key sees all, which come to ' +
      'nothing together with this one; a merchant’s key sees its own accounts.',
  })
  async otherEntries(@Root() { row }: LedgerEntryType, @Ctx() context: ApiContext): Promise<LedgerEntryType[]> {
    const lines = await entriesOfPostings(context).load(row.postingId);
    return lines.filter(({ line }) => line !== row.line).map((each) => new LedgerEntryType(each));
  }

  @FieldResolver(() => SettlementType, { nullable: true, description: 'The settlement that caused it.' })
  settlement(@Root() { row }: LedgerEntryType, @Ctx() context: ApiContext): Promise<SettlementType | null> {
    return settlementSeen(context, row.settlementId);
  }

  @FieldResolver(() => PayoutType, {
    nullable: true,
    description: 'The payout that caused it. Payouts are the operator’s: null for a merchant’s key.',
  })
  payout(@Root() { row }: LedgerEntryType, @Ctx() context: ApiContext): Promise<PayoutType | null> {
    return payoutSeen(context, row.payoutId);
  }

  @Authorized('merchants:read')
  @FieldResolver(() => MerchantType, {
    nullable: true,
    description: 'Whose balance it is. Null for the operator’s own accounts.',
  })
  async merchant(@Root() { row }: LedgerEntryType, @Ctx() context: ApiContext): Promise<MerchantType | null> {
    const merchant = row.merchantId ? await merchantLoader(context).load(row.merchantId) : null;
    return merchant && new MerchantType(merchant);
  }
}
