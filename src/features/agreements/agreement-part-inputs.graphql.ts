import { Field, InputType, Int } from 'type-graphql';
import { DateScalar, DecimalScalar, TimeZoneScalar } from '../../platform/graphql/scalars.js';
import { SchedulePeriodEnum } from './agreement-enums.graphql.js';

export const IDEMPOTENCY_KEY =
  '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.';

@InputType({ description: 'When an agreement is charged by itself. Every time is counted from the start date.' })
export class ScheduleInput {
  @Field(() => SchedulePeriodEnum, { description: 'What `interval` counts.' })
  readonly period!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 1,
    description: 'A charge every so many periods, 1 to 999: 2 and WEEK is once a fortnight.',
  })
  readonly interval?: number | null;

  @Field(() => DateScalar, {
    description: 'The first charge. Its day of month is kept: of the 31st the last day in shorter months.',
  })
  readonly startDate!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      'The last day on which a charge may fall: not before `startDate`, nor before the last part of an instalment plan. ' +
      'Absent: no end of its own.',
  })
  readonly finishDate?: string | null;

  @Field(() => TimeZoneScalar, {
    nullable: true,
    description: "In which zone the dates and `localTime` are. Default: the merchant's.",
  })
  readonly timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The time of day of a charge there, "09:00" of 24 hours. A time that clocks skip is moved forward.',
  })
  readonly localTime?: string | null;
}

@InputType({ description: 'The ends of a range, both included.' })
export class AmountRangeInput {
  @Field(() => DecimalScalar, { description: "The least, in major units of the agreement's currency; more than 0." })
  readonly from!: string;

  @Field(() => DecimalScalar, { description: 'The most, in the same units; not less than `from`.' })
  readonly to!: string;
}

@InputType({ description: 'How much each charge of the schedule is: exactly one of its fields.' })
export class ChargeAmountInput {
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Every charge is this much, in major units of the agreement's currency.",
  })
  readonly fixed?: string | null;

  @Field(() => AmountRangeInput, {
    nullable: true,
    description: 'Every charge is drawn from this range when it comes, unless `chargeAgreement` names another in it.',
  })
  readonly range?: AmountRangeInput | null;

  @Field(() => [DecimalScalar], {
    nullable: true,
    description:
      'The amounts by number of period, from period 1 on, 1 to 999 of them; after the last one is paid the agreement is ' +
      'COMPLETED.',
  })
  readonly sequence?: string[] | null;
}

@InputType({ description: 'One purchase paid in parts, for an INSTALLMENT agreement. The parts are made by us.' })
export class InstallmentPlanInput {
  @Field(() => DecimalScalar, {
    description: 'What all parts add up to exactly, in major units; the odd unit goes to the first ones.',
  })
  readonly total!: string;

  @Field(() => Int, { description: 'How many parts, 2 to 99, the one that is paid now included.' })
  readonly parts!: number;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Whether the payer pays the first part now, as the first transaction. False: it is checked, not charged.',
  })
  readonly firstPartNow?: boolean | null;
}

@InputType({ description: 'A charge that comes when a reported balance runs low; for UNSCHEDULED agreements.' })
export class TopUpInput {
  @Field(() => DecimalScalar, {
    description: 'A balance below this is topped up, once each time it falls below; in major units, 0 or more.',
  })
  readonly threshold!: string;

  @Field(() => DecimalScalar, { description: 'How much is charged then, in major units; more than 0.' })
  readonly amount!: string;
}
