import { Field, ID, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import type { OperatorBalanceRow } from './balances-sql.js';
import { LedgerAccountNameEnum } from './ledger-enums.graphql.js';

@ObjectType('LedgerAccount', { description: 'An account of the operator’s own books, in one currency.' })
export class LedgerAccountType {
  @Field(() => LedgerAccountNameEnum, { description: 'CLEARING, EXCHANGE, PAYOUTS, OTHER or SETTLEMENTS.' })
  get account(): string {
    return this.row.account;
  }

  @Field(() => ID, { nullable: true, description: '`psa_…`; null for SETTLEMENTS, which go by the operator’s bank.' })
  get paymentSystemAccountId(): string | null {
    return this.row.accountId && publicId('paymentSystemAccount', this.row.accountId);
  }

  @Field(() => MoneyType, {
    description: 'Credit less debit. That of CLEARING is, with the opposite sign, what is at the payment system.',
  })
  get balance(): MoneyType {
    return new MoneyType(Money.of(this.row.amount, this.row.currency));
  }

  constructor(private readonly row: OperatorBalanceRow) {}
}
