import { Arg, Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { CurrencyCodeScalar, DateScalar } from '../../platform/graphql/scalars.js';
import { type ApiContext, MerchantType } from '../tenancy/index.js';
import { Balance } from './balance.graphql.js';
import { balancesOf } from './balances-of.js';
import { LedgerEntryConnection, LedgerEntryType } from './ledger-entry.graphql.js';
import { MerchantAccountEnum } from './ledger-enums.graphql.js';
import { balancesLoader } from './ledger-loaders.js';
import { entryKey, listEntries, pageOfEntries } from './list-entries.js';
import { Statement } from './statement.graphql.js';
import type { StatementLinks } from './statement-link.js';
import { periodOf, readSums } from './statements.js';

/** What a merchant has of the ledger. Whoever holds a Merchant was found allowed to see it. */
@Resolver(() => MerchantType)
export class MerchantLedgerResolver {
  constructor(private readonly links: StatementLinks) {}

  @Authorized('merchants:read')
  @FieldResolver(() => [Balance], {
    description: 'What the operator owes it, by currency, in the mode of the key. Empty before the first capture.',
  })
  async balance(@Root() { uuid }: MerchantType, @Ctx() context: ApiContext): Promise<Balance[]> {
    return balancesOf(await balancesLoader(context).load(uuid));
  }

  @Authorized('merchants:read')
  @FieldResolver(() => LedgerEntryConnection, { description: 'What its balance consists of, newest first.' })
  async ledgerEntries(
    @Root() { uuid }: MerchantType,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('currency', () => CurrencyCodeScalar, { nullable: true, description: 'Only this one.' })
    currency: string | null,
    @Arg('account', () => MerchantAccountEnum, { nullable: true, description: 'Only this one.' })
    account: string | null,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<LedgerEntryType>> {
    const page = pageOfEntries(args);
    const filter = { currency: currency ?? null, account: account ?? null };
    const rows = await listEntries(reads, principal, uuid, filter, page);
    return pageOf(
      rows.map((row) => new LedgerEntryType(row)),
      page,
      ({ row }) => entryKey(row),
    );
  }

  @Authorized('merchants:read')
  @FieldResolver(() => Statement, {
    description:
      'What was posted from one day to another, both included, in the merchant’s time zone: 366 days at most.',
  })
  async statement(
    @Root() { uuid, timeZone }: MerchantType,
    @Arg('from', () => DateScalar, { description: 'The first day.' }) from: string,
    @Arg('to', () => DateScalar, { description: 'The last day, not before the first.' }) to: string,
    @Arg('currency', () => CurrencyCodeScalar, { description: 'Of which of its balances.' }) currency: string,
    @Ctx() { reads, principal, units }: ApiContext,
  ): Promise<Statement> {
    const { operatorId, mode } = principal;
    const period = periodOf({ operatorId, merchantId: uuid, mode, currency, from, to }, timeZone);
    const { opening, closing, entryCount } = await readSums(reads, period);
    const { url, expiresAt } = this.links.make(period, units.clock.now());
    return {
      opening: new Balance(period.currency, opening),
      closing: new Balance(period.currency, closing),
      entryCount,
      downloadUrl: url,
      downloadExpiresAt: expiresAt,
    };
  }
}
