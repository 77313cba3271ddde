import { Field, ID, InputType, Int } from 'type-graphql';
import {
  CurrencyCodeScalar,
  DateScalar,
  DecimalScalar,
  JsonObjectScalar,
  UrlScalar,
} from '../../platform/graphql/scalars.js';
import { AgreementTermsInput, PaymentInput } from '../orders/index.js';
import { PayerInput } from '../payers/index.js';
import {
  ChargeAmountInput,
  IDEMPOTENCY_KEY,
  InstallmentPlanInput,
  ScheduleInput,
  TopUpInput,
} from './agreement-part-inputs.graphql.js';

@InputType({
  description:
    'An agreement and the payer’s first transaction: a payment of `firstAmount`, or a check without money when there is ' +
    'none. Its mode is that of your key.',
})
export class CreateAgreementInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Default: the merchant's, else the operator's only one of the key's mode. All charges go through it.",
  })
  readonly paymentSystemAccountId?: string | null;

  @Field(() => PayerInput, { description: 'Who agrees to be charged; made if new.' })
  readonly payer!: PayerInput;

  @Field(() => AgreementTermsInput, { description: 'What the payer agrees to; amounts are in `currency`.' })
  readonly terms!: AgreementTermsInput;

  @Field(() => CurrencyCodeScalar, { description: 'Of all amounts and charges: "EUR". It cannot be changed.' })
  readonly currency!: string;

  @Field(() => PaymentInput, {
    nullable: true,
    description:
      'The first transaction, made now with the payer present. Absent: the payer makes it on the page at ' +
      '`paymentPageUrl`, and the agreement waits for it, PENDING.',
  })
  readonly payment?: PaymentInput | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'What the payer pays first, in major units. Absent: the means of payment is only checked.',
  })
  readonly firstAmount?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The merchant's number of the first order, 1 to 128 characters. Absent: one is made.",
  })
  readonly firstOrderNumber?: string | null;

  @Field(() => ChargeAmountInput, {
    nullable: true,
    description: 'How much each charge is; needed with a `schedule`. Absent: the merchant names an amount each time.',
  })
  readonly chargeAmount?: ChargeAmountInput | null;

  @Field(() => ScheduleInput, {
    nullable: true,
    description: 'When it is charged by itself. Absent: only by `chargeAgreement` and `reportBalance`.',
  })
  readonly schedule?: ScheduleInput | null;

  @Field(() => InstallmentPlanInput, {
    nullable: true,
    description: 'For INSTALLMENT: the purchase and its parts, which are then charged by the `schedule`.',
  })
  readonly installments?: InstallmentPlanInput | null;

  @Field(() => TopUpInput, { nullable: true, description: 'For UNSCHEDULED: what `reportBalance` charges.' })
  readonly topUp?: TopUpInput | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: "Where the payer's browser comes back to after authentication or from the payment page.",
  })
  readonly returnUrl?: string | null;

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'The same as `terms.metadata`: give one of them. Up to 50 keys of 40 characters, values of up to 500.',
  })
  readonly metadata?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'An earlier payment whose payer agreed to be charged again.' })
export class CreateAgreementFromOrderInput {
  @Field(() => ID, {
    description:
      'A paid or held order of a payer, `ord_…`, whose means of payment was stored; NEW_CIT_REQUIRED where it was not.',
  })
  readonly orderId!: string;

  @Field(() => AgreementTermsInput, { description: "What the payer agreed to; amounts are in the order's currency." })
  readonly terms!: AgreementTermsInput;

  @Field(() => ChargeAmountInput, {
    nullable: true,
    description: 'How much each charge is; needed with a `schedule`. Absent: the merchant names an amount each time.',
  })
  readonly chargeAmount?: ChargeAmountInput | null;

  @Field(() => ScheduleInput, { nullable: true, description: 'When it is charged by itself. Absent: never.' })
  readonly schedule?: ScheduleInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({
  description: 'What an imported agreement is charged with: a token with its customer, or what is stored here.',
})
export class ImportedCredentialInput {
  @Field(() => String, { nullable: true, description: "The payment system's token: `pm_…` at Stripe." })
  readonly token?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The customer that the token is attached to, `cus_…`; needed with `token`.',
  })
  readonly externalCustomerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A means of payment of the same payer that is stored here already, `Payer.storedCredentials`.',
  })
  readonly storedCredentialId?: string | null;
}

@InputType({ description: 'The payer’s first transaction, which was made elsewhere.' })
export class FirstTransactionInput {
  @Field(() => DateScalar, { description: 'The day on which the payer made it; not in the future.' })
  readonly date!: string;

  @Field(() => String, {
    description: 'What it is known by there, 1 to 255 characters: a network transaction id, say. Kept as evidence.',
  })
  readonly reference!: string;
}

@InputType({
  description:
    'An agreement that was made in another system. It is ACTIVE at once: its first transaction lies behind it.',
})
export class ImportAgreementInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The account in which `credential` is. Default: as for `createAgreement`.',
  })
  readonly paymentSystemAccountId?: string | null;

  @Field(() => PayerInput, { description: 'Who agreed to be charged; made if new.' })
  readonly payer!: PayerInput;

  @Field(() => AgreementTermsInput, { description: 'What the payer agreed to; amounts are in `currency`.' })
  readonly terms!: AgreementTermsInput;

  @Field(() => CurrencyCodeScalar, { description: 'Of all amounts and charges: "EUR". It cannot be changed.' })
  readonly currency!: string;

  @Field(() => ImportedCredentialInput, { description: 'What is charged from now on.' })
  readonly credential!: ImportedCredentialInput;

  @Field(() => FirstTransactionInput, { description: 'By which the payer agreed; card schemes may ask for it.' })
  readonly firstTransaction!: FirstTransactionInput;

  @Field(() => Int, {
    nullable: true,
    defaultValue: 0,
    description:
      'Charges that were paid before, 0 to 999: they count towards `terms.numberOfPayments`. Periods are numbered from 1 ' +
      'here all the same, so a `chargeAmount.sequence` has the amounts that are left.',
  })
  readonly paymentsMade?: number | null;

  @Field(() => DateScalar, {
    nullable: true,
    description:
      'The day of the last charge that was paid there, not in the future: the next one keeps ' +
      '`terms.minimumDaysBetweenPayments` to it. Absent: it may come at once.',
  })
  readonly lastPaymentDate?: string | null;

  @Field(() => ChargeAmountInput, {
    nullable: true,
    description: 'How much each charge is; needed with a `schedule`. Absent: the merchant names an amount each time.',
  })
  readonly chargeAmount?: ChargeAmountInput | null;

  @Field(() => ScheduleInput, {
    nullable: true,
    description: 'When it is charged from now on. Absent: only when asked.',
  })
  readonly schedule?: ScheduleInput | null;

  @Field(() => TopUpInput, { nullable: true, description: 'For UNSCHEDULED: what `reportBalance` charges.' })
  readonly topUp?: TopUpInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}
