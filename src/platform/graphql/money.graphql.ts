import { Field, InputType, ObjectType } from 'type-graphql';
import type { Money } from '../../kernel/money.js';
import { CurrencyCodeScalar, DecimalScalar, MinorUnitsScalar } from './scalars.js';

/** Getters, so that a list of orders computes only the spellings of an amount that were asked for. */
@ObjectType('Money', { description: 'An exact amount in one currency.' })
export class MoneyType {
  constructor(private readonly money: Money) {}

  @Field(() => DecimalScalar, {
    description: 'In major units, with as many fraction digits as the currency has: "10.50".',
  })
  get amount(): string {
    return this.money.toDecimal();
  }

  @Field(() => CurrencyCodeScalar, {
    description: 'ISO 4217, upper case: "EUR". It says how many fraction digits `amount` has.',
  })
  get currency(): string {
    return this.money.currency;
  }

  @Field(() => MinorUnitsScalar, { description: 'The same amount in minor units: "1050".' })
  get minorUnits(): bigint {
    return this.money.minor;
  }
}

@InputType({ description: 'An exact amount in one currency.' })
export class MoneyInput {
  @Field(() => DecimalScalar, {
    description:
      'In major units, as a string: "10.50". More than zero, with no more fraction digits than the currency has.',
  })
  readonly amount!: string;

  @Field(() => CurrencyCodeScalar, {
    description: 'ISO 4217, upper case: "EUR". It says how many fraction digits `amount` may have.',
  })
  readonly currency!: string;
}
