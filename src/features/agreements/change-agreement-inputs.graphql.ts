import { Field, ID, InputType, Int } from 'type-graphql';
import { DateScalar, DecimalScalar, JsonObjectScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { PaymentInput } from '../orders/index.js';
import { ChargeAmountInput, IDEMPOTENCY_KEY, ScheduleInput, TopUpInput } from './agreement-part-inputs.graphql.js';

const AGREEMENT_ID = '`agr_…`: one that has not ended.';

@InputType({
  description:
    'What is changed of an agreement: what is left out stays, null takes away. What the payer must agree to anew ' +
    '(type, currency, variability) cannot be changed.',
})
export class UpdateAgreementInput {
  @Field(() => ID, { description: `Which agreement is changed, ${AGREEMENT_ID}` })
  readonly agreementId!: string;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      'The last day on which the payer may be charged: after today, not before the last part of an instalment plan.',
  })
  readonly expiryDate?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "The least that one charge may be, in major units of the agreement's currency.",
  })
  readonly minimumAmount?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "The most that one charge may be, in major units of the agreement's currency.",
  })
  readonly maximumAmount?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Two charges lie at least so many days apart: 1 to 9999, and no more than two periods of the schedule do.',
  })
  readonly minimumDaysBetweenPayments?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many charges may be made in all, 1 to 999, those made already included.',
  })
  readonly numberOfPayments?: number | null;

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'All notes anew: up to 50 keys of up to 40 characters; values are strings of up to 500.',
  })
  readonly metadata?: Record<string, unknown> | null;

  @Field(() => ChargeAmountInput, {
    nullable: true,
    description:
      'How much each charge is from now on; charges that are open keep their amount. A sequence begins with period 1, so ' +
      'it has more amounts than there were periods. A charge that was announced is announced anew.',
  })
  readonly chargeAmount?: ChargeAmountInput | null;

  @Field(() => ScheduleInput, {
    nullable: true,
    description:
      'When it is charged from now on, as a whole. Numbers of periods go on counting, and no period is charged twice; one ' +
      'that is due and not charged yet is passed over, and the `history` says so. ' +
      'Null: only when the merchant asks. A suspended agreement stays suspended.',
  })
  readonly schedule?: ScheduleInput | null;

  @Field(() => TopUpInput, {
    nullable: true,
    description:
      'For UNSCHEDULED: what `reportBalance` charges from now on. With another threshold the next low balance is ' +
      'charged for, whatever was reported before.',
  })
  readonly topUp?: TopUpInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A new means of payment for an agreement: the payer makes a new transaction with it.' })
export class ReplaceAgreementCredentialInput {
  @Field(() => ID, { description: `Which agreement gets it, ${AGREEMENT_ID}` })
  readonly agreementId!: string;

  @Field(() => PaymentInput, { description: 'What is charged from then on; the payer is present.' })
  readonly payment!: PaymentInput;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What is paid with it now, in major units. Absent: it is only checked, without money.',
  })
  readonly amount?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The merchant's number of that order, 1 to 128 characters. Absent: one is made.",
  })
  readonly orderNumber?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: "Where the payer's browser comes back to after authentication.",
  })
  readonly returnUrl?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'A charge by the merchant, within what the payer agreed to.' })
export class ChargeAgreementInput {
  @Field(() => ID, { description: 'Which agreement is charged, `agr_…`: ACTIVE or PAST_DUE.' })
  readonly agreementId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The merchant's number of the order, 1 to 128 characters. Absent: one is made.",
  })
  readonly orderNumber?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'How much, in major units. Absent: what `chargeAmount` says; needed where that says nothing.',
  })
  readonly amount?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters; payers may see it.' })
  readonly description?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Which period of the schedule is charged, from 1: the next one early, or one that was declined. It is charged once, ' +
      'whoever is first. Absent: the one that is due or was declined; when there is none, an extra charge.',
  })
  readonly period?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'An extra charge beside the schedule, whatever is due, and on a day on which something was charged already. Give an ' +
      '`idempotencyKey`: without one a repeated request is another charge.',
  })
  readonly outsideSchedule?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An instalment plan that is paid at once.' })
export class PayOffAgreementInput {
  @Field(() => ID, { description: 'Which plan is paid off, `agr_…`: INSTALLMENT, with anything left.' })
  readonly agreementId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The merchant's number of the order, 1 to 128 characters. Absent: one is made.",
  })
  readonly orderNumber?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'What is left of something prepaid.' })
export class ReportBalanceInput {
  @Field(() => ID, { description: 'Which agreement tops it up, `agr_…`: one with a `topUp`.' })
  readonly agreementId!: string;

  @Field(() => DecimalScalar, {
    description: "The balance now, in major units of the agreement's currency; it may be negative.",
  })
  readonly balance!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An agreement that is not to be charged for now.' })
export class SuspendAgreementInput {
  @Field(() => ID, { description: 'Which agreement, `agr_…`: ACTIVE or PAST_DUE.' })
  readonly agreementId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An agreement that is to be charged again.' })
export class ResumeAgreementInput {
  @Field(() => ID, { description: 'Which agreement, `agr_…`: SUSPENDED, with a means of payment that can be charged.' })
  readonly agreementId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An agreement that is never to be charged again.' })
export class CancelAgreementInput {
  @Field(() => ID, { description: `Which agreement is ended, ${AGREEMENT_ID}` })
  readonly agreementId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}
