import { Field, InputType, Int } from 'type-graphql';
import { AGREEMENT_TYPES, AMOUNT_VARIABILITIES, PAYMENT_FREQUENCIES } from '../../kernel/agreement-type.js';
import { enumOf } from '../../platform/graphql/enum-of.js';
import { DateScalar, DecimalScalar, JsonObjectScalar } from '../../platform/graphql/scalars.js';

export const AgreementTypeEnum = enumOf(
  'AgreementType',
  'What kind of later charges a payer consents to, as the card schemes tell them apart.',
  AGREEMENT_TYPES,
  {
    RECURRING: 'Charged again and again, at intervals, for something that goes on: a subscription.',
    INSTALLMENT: 'One purchase, paid in parts.',
    UNSCHEDULED: 'Charged when something happens, not by the calendar: a balance that runs low.',
    OTHER: 'Anything else that the payer and the merchant agreed on.',
  },
);

export const AmountVariabilityEnum = enumOf(
  'AmountVariability',
  'Whether every charge of an agreement is of the same amount.',
  AMOUNT_VARIABILITIES,
  {
    FIXED: 'All charges are of one amount.',
    VARIABLE: 'Amounts may differ, within the limits of the agreement.',
  },
);

export const PaymentFrequencyEnum = enumOf(
  'PaymentFrequency',
  'How often the payer expects to be charged. It is what was agreed; when it is charged is what the schedule says.',
  PAYMENT_FREQUENCIES,
  {
    AD_HOC: 'At no fixed interval.',
    DAILY: 'Every day.',
    WEEKLY: 'Every 7 days.',
    FORTNIGHTLY: 'Every 14 days.',
    MONTHLY: 'Every month.',
    QUARTERLY: 'Every 3 months.',
    TWICE_YEARLY: 'Every 6 months.',
    YEARLY: 'Every 12 months.',
    OTHER: 'At another interval.',
  },
);

@InputType({ description: 'Who sold the goods, where an instalment plan is not the seller’s own. INSTALLMENT only.' })
export class RetailerInput {
  @Field(() => String, { nullable: true, description: 'As it fits on a statement: 1 to 10 characters.' })
  readonly abbreviatedTradingName?: string | null;

  @Field(() => String, { nullable: true, description: 'MCC of ISO 18245, four digits: "5732".' })
  readonly merchantCategoryCode?: string | null;

  @Field(() => String, { nullable: true, description: 'In full: 1 to 100 characters.' })
  readonly tradingName?: string | null;
}

@InputType({ description: 'What the payer agrees to with this payment. Nothing beyond it is ever charged.' })
export class AgreementTermsInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The merchant's own id of the agreement, 1 to 100 characters, unique per merchant. Absent: one is made.",
  })
  readonly reference?: string | null;

  @Field(() => AgreementTypeEnum, { description: 'What the later charges are for. It cannot be changed.' })
  readonly type!: string;

  @Field(() => AmountVariabilityEnum, {
    nullable: true,
    description: 'Whether amounts may differ from charge to charge. Needed for RECURRING.',
  })
  readonly amountVariability?: string | null;

  @Field(() => DateScalar, { nullable: true, description: 'The first day on which it holds; not in the past.' })
  readonly startDate?: string | null;

  @Field(() => DateScalar, {
    nullable: true,
    description: 'The last day on which the payer may be charged: after today and after `startDate`.',
  })
  readonly expiryDate?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The least that one charge may be, in major units of the currency of the payment.',
  })
  readonly minimumAmount?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'The most that one charge may be, in major units of the currency of the payment.',
  })
  readonly maximumAmount?: string | null;

  @Field(() => Int, { nullable: true, description: 'Two charges lie at least so many days apart: 1 to 9999.' })
  readonly minimumDaysBetweenPayments?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many charges the merchant may make in all, 1 to 999; what the payer pays in person does not count.',
  })
  readonly numberOfPayments?: number | null;

  @Field(() => PaymentFrequencyEnum, { nullable: true, description: 'How often the payer expects a charge.' })
  readonly frequency?: string | null;

  @Field(() => RetailerInput, { nullable: true, description: 'Who sold what is paid in parts; INSTALLMENT only.' })
  readonly retailer?: RetailerInput | null;

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'Notes on the agreement: up to 50 keys of up to 40 characters; values are strings of up to 500.',
  })
  readonly metadata?: Record<string, unknown> | null;
}
