import { Field, ObjectType } from 'type-graphql';
import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { CurrencyCodeScalar } from '../../platform/graphql/scalars.js';
import type { MerchantAccount } from './domain/accounts.js';

@ObjectType({ description: 'What the operator owes a merchant in one currency, in the mode of the key that asks.' })
export class Balance {
  @Field(() => CurrencyCodeScalar, { description: 'ISO 4217. Payments are kept in the currency they were made in.' })
  readonly currency: string;

  @Field(() => MoneyType, {
    description: 'May be passed on now. Below zero after refunds and disputes of what was passed on already.',
  })
  readonly available: MoneyType;

  @Field(() => MoneyType, { description: 'Captured, and not released by the payment system yet. Never below zero.' })
  readonly pending: MoneyType;

  @Field(() => MoneyType, {
    description:
      'The payment system’s fees for the merchant’s payments, below zero, in the currency it settles in, less what ' +
      '`recordSettlement` has charged of them.',
  })
  readonly fees: MoneyType;

  @Field(() => MoneyType, { description: 'All three together.' })
  readonly total: MoneyType;

  constructor(currency: Currency, amountOf: (account: MerchantAccount) => bigint) {
    const [available, pending, fees] = [amountOf('AVAILABLE'), amountOf('PENDING'), amountOf('FEES')];
    const money = (minor: bigint) => new MoneyType(Money.of(minor, currency));
    this.currency = currency;
    this.available = money(available);
    this.pending = money(pending);
    this.fees = money(fees);
    this.total = money(available + pending + fees);
  }
}
