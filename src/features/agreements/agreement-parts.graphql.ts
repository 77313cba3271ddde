import { Field, Int, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { DateScalar, DateTimeScalar, TimeZoneScalar } from '../../platform/graphql/scalars.js';
import { AmountVariabilityEnum, PaymentFrequencyEnum } from '../orders/index.js';
import { SchedulePeriodEnum } from './agreement-enums.graphql.js';
import { type AgreementRow, money } from './agreement-rows.js';
import type { Retailer } from './domain/agreement-terms.js';
import type { ChargeAmount } from './domain/charge-amount.js';
import type { UpcomingCharge } from './domain/forecast.js';

/** An amount of an agreement, which all are in its currency. */
export function moneyOf(agreement: Pick<AgreementRow, 'currency'>, minor: bigint): MoneyType {
  return new MoneyType(money(agreement, minor));
}

@ObjectType('Retailer', { description: 'Who sold what is paid for in parts, where the plan is not the seller’s own.' })
export class RetailerType {
  @Field(() => String, { nullable: true, description: 'As it fits on a statement: up to 10 characters.' })
  readonly abbreviatedTradingName!: string | null;

  @Field(() => String, { nullable: true, description: 'MCC of ISO 18245, four digits.' })
  readonly merchantCategoryCode!: string | null;

  @Field(() => String, { nullable: true, description: 'In full: up to 100 characters.' })
  readonly tradingName!: string | null;
}

@ObjectType('AgreementTerms', { description: 'What the payer agreed to. Null is what nothing was agreed on.' })
export class AgreementTermsType {
  constructor(private readonly row: AgreementRow) {}

  @Field(() => AmountVariabilityEnum, { nullable: true, description: 'Whether charges may differ from each other.' })
  get amountVariability(): string | null {
    return this.row.amountVariability;
  }

  @Field(() => DateScalar, { nullable: true, description: 'The first day on which it holds.' })
  get startDate(): string | null {
    return this.row.startDate;
  }

  @Field(() => DateScalar, { nullable: true, description: 'The last day on which the payer may be charged.' })
  get expiryDate(): string | null {
    return this.row.expiryDate;
  }

  @Field(() => MoneyType, { nullable: true, description: 'The least that one charge may be.' })
  get minimumAmount(): MoneyType | null {
    return this.row.minimum === null ? null : moneyOf(this.row, this.row.minimum);
  }

  @Field(() => MoneyType, { nullable: true, description: 'The most that one charge may be.' })
  get maximumAmount(): MoneyType | null {
    return this.row.maximum === null ? null : moneyOf(this.row, this.row.maximum);
  }

  @Field(() => Int, { nullable: true, description: 'At least so many days lie between two charges.' })
  get minimumDaysBetweenPayments(): number | null {
    return this.row.minimumDays;
  }

  @Field(() => Int, { nullable: true, description: 'How many charges the merchant may make in all.' })
  get numberOfPayments(): number | null {
    return this.row.numberOfPayments;
  }

  @Field(() => PaymentFrequencyEnum, { nullable: true, description: 'How often the payer expects to be charged.' })
  get frequency(): string | null {
    return this.row.frequency;
  }

  @Field(() => RetailerType, { nullable: true, description: 'INSTALLMENT only: whose goods are paid for.' })
  get retailer(): Retailer | null {
    return this.row.retailer;
  }
}

@ObjectType('Schedule', { description: 'When an agreement is charged by itself.' })
export class ScheduleType {
  @Field(() => SchedulePeriodEnum, { description: 'What `interval` counts.' })
  readonly period!: string;

  @Field(() => Int, { description: 'A charge every so many periods, 1 or more.' })
  readonly interval!: number;

  @Field(() => DateScalar, { description: 'The first charge, and the day from which all others are counted.' })
  readonly startDate!: string;

  @Field(() => DateScalar, { nullable: true, description: 'The last day on which a charge may fall; null: no end.' })
  readonly finishDate!: string | null;

  @Field(() => TimeZoneScalar, { description: 'In which zone its dates and `localTime` are.' })
  readonly timeZone!: string;

  @Field(() => String, { description: 'The time of day of a charge there, "09:00".' })
  readonly localTime!: string;
}

@ObjectType({ description: 'The ends of a range, both included.' })
export class AmountRange {
  @Field(() => MoneyType, { description: 'The least that a charge comes to.' })
  readonly from!: MoneyType;

  @Field(() => MoneyType, { description: 'The most that a charge comes to.' })
  readonly to!: MoneyType;
}

@ObjectType('ChargeAmount', {
  description: 'How much each charge of the schedule is: exactly one of its fields is set.',
})
export class ChargeAmountType {
  constructor(
    private readonly agreement: AgreementRow,
    private readonly amount: ChargeAmount,
  ) {}

  @Field(() => MoneyType, { nullable: true, description: 'Every charge is this much.' })
  get fixed(): MoneyType | null {
    return this.amount.mode === 'FIXED' ? moneyOf(this.agreement, this.amount.amount) : null;
  }

  @Field(() => AmountRange, {
    nullable: true,
    description: 'Every charge is drawn from this range; `upcomingCharges` says what was drawn.',
  })
  get range(): AmountRange | null {
    if (this.amount.mode !== 'RANGE') return null;
    return { from: moneyOf(this.agreement, this.amount.from), to: moneyOf(this.agreement, this.amount.to) };
  }

  @Field(() => [MoneyType], {
    nullable: true,
    description: 'The amounts in turn, by the number of the period; after the last the agreement is COMPLETED.',
  })
  get sequence(): MoneyType[] | null {
    if (this.amount.mode !== 'SEQUENCE') return null;
    return this.amount.amounts.map((amount) => moneyOf(this.agreement, amount));
  }
}

@ObjectType('TopUp', { description: 'What is charged when a reported balance runs low.' })
export class TopUpType {
  @Field(() => MoneyType, { description: 'A balance below this is topped up, once each time it falls below.' })
  readonly threshold!: MoneyType;

  @Field(() => MoneyType, { description: 'How much is charged then.' })
  readonly amount!: MoneyType;
}

@ObjectType('UpcomingCharge', {
  description: 'A charge as it will come if nothing is changed and all before it is paid.',
})
export class UpcomingChargeType {
  constructor(
    private readonly agreement: AgreementRow,
    private readonly charge: UpcomingCharge,
  ) {}

  @Field(() => DateScalar, { description: 'The day of `at` in the time zone of the schedule.' })
  get date(): string {
    return this.charge.date;
  }

  @Field(() => DateTimeScalar, { description: 'The moment from which it is charged.' })
  get at(): Date {
    return this.charge.at;
  }

  @Field(() => Int, { description: 'The number of its period, counted from 1 for the whole life of the agreement.' })
  get number(): number {
    return this.charge.number;
  }

  @Field(() => MoneyType, { description: 'How much is charged then; of a range, what is drawn for this period.' })
  get amount(): MoneyType {
    return moneyOf(this.agreement, this.charge.amount);
  }
}
