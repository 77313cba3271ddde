import { Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { type ApiContext, OperatorType, pageById } from '../tenancy/index.js';
import { BALANCES_OF_OPERATOR, type OperatorBalanceRow } from './balances-sql.js';
import { lastChecks } from './last-checks.js';
import { LedgerAccountType } from './ledger-account.graphql.js';
import { LedgerCheckType } from './ledger-check.graphql.js';
import type { MovementRow } from './ledger-rows.js';
import { MOVEMENTS_OF_PAYOUT } from './movements-sql.js';
import { BalanceMovementConnection, BalanceMovementType, PayoutConnection, PayoutType } from './payout.graphql.js';
import { PAYOUTS_BEFORE, type PayoutRow } from './payouts-sql.js';

/** The operator's own books. Whoever holds an Operator was allowed `operators:read`, which no merchant's key has. */
@Resolver(() => OperatorType)
export class OperatorLedgerResolver {
  @Authorized('payment-systems:read')
  @FieldResolver(() => [LedgerAccountType], {
    description: 'What it has at its payment systems, and where that came from or went, in the mode of the key.',
  })
  async ledgerAccounts(
    @Root() { uuid }: OperatorType,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<LedgerAccountType[]> {
    const rows = await reads.query<OperatorBalanceRow>(BALANCES_OF_OPERATOR, [uuid, principal.mode]);
    return rows.map((row) => new LedgerAccountType(row));
  }

  @Authorized('payment-systems:read')
  @FieldResolver(() => PayoutConnection, {
    description: 'What its payment systems have sent to its bank, newest first, in the mode of the key.',
  })
  async payouts(
    @Root() { uuid }: OperatorType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<PayoutType>> {
    const page = pageById(args);
    const rows = await reads.query<PayoutRow>(PAYOUTS_BEFORE, [uuid, principal.mode, page.beforeId]);
    return pageOf(
      rows.slice(0, page.limit).map((row) => new PayoutType(row)),
      page,
      ({ row }) => row.id,
    );
  }

  @Authorized('payment-systems:read')
  @FieldResolver(() => [LedgerCheckType], {
    description: 'The last nightly check of each of its accounts, in the mode of the key, with what it found.',
  })
  ledgerChecks(@Root() { uuid }: OperatorType, @Ctx() { reads, principal }: ApiContext): Promise<LedgerCheckType[]> {
    return lastChecks(reads, uuid, principal.mode);
  }
}

@Resolver(() => PayoutType)
export class PayoutResolver {
  @FieldResolver(() => BalanceMovementConnection, {
    description: 'What it consists of, newest first, where the payment system tells: for automatic payouts.',
  })
  async movements(
    @Root() { row: { id } }: PayoutType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads, principal }: ApiContext,
  ): Promise<Connection<BalanceMovementType>> {
    const page = pageById(args);
    const rows = await reads.query<MovementRow>(MOVEMENTS_OF_PAYOUT, [principal.operatorId, id, page.beforeId]);
    return pageOf(
      rows.slice(0, page.limit).map((row) => new BalanceMovementType(row)),
      page,
      ({ row }) => row.id,
    );
  }
}
