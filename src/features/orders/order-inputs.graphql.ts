import { Field, ID, InputType } from 'type-graphql';
import { MoneyInput } from '../../platform/graphql/money.graphql.js';
import {
  CurrencyCodeScalar,
  DateTimeScalar,
  DecimalScalar,
  JsonObjectScalar,
  UrlScalar,
} from '../../platform/graphql/scalars.js';
import { PayerInput } from '../payers/index.js';
import { AgreementTermsInput } from './agreement-terms.graphql.js';
import { CancellationReasonEnum, CaptureModeEnum, OrderStatusEnum, PayerLanguageEnum } from './enums.graphql.js';
import { PaymentInput } from './payment-input.graphql.js';

const IDEMPOTENCY_KEY =
  '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.';

@InputType({
  description: 'What is to be paid, to whom, and (with `payment`) with what. Its mode is that of your key.',
})
export class CreateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Default: the merchant's, else the operator's only one of the key's mode. Where neither says, and neither `payment` " +
      'nor `agreement` is given, the payer chooses on the payment page.',
  })
  readonly paymentSystemAccountId?: string | null;

  @Field(() => String, { description: "The merchant's own number, 1 to 128 characters." })
  readonly orderNumber!: string;

  @Field(() => MoneyInput, { description: "Within the payment system's limits for the currency." })
  readonly amount!: MoneyInput;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Keep the payer's means of payment for later if the payment succeeds. Needs a payer.",
  })
  readonly saveCredential?: boolean | null;

  @Field(() => CaptureModeEnum, {
    nullable: true,
    defaultValue: 'AUTOMATIC',
    description: 'Whether the money is taken at once, or only held until `captureOrder`. It cannot be changed later.',
  })
  readonly captureMode?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters; payers may see it.' })
  readonly description?: string | null;

  @Field(() => PayerLanguageEnum, {
    nullable: true,
    description:
      "In which language the payer reads the payment page. Absent: the one that the payer's browser asks for.",
  })
  readonly language?: string | null;

  @Field(() => PayerInput, {
    nullable: true,
    description: 'Who pays; made if new. Left out, the order has no payer and nothing can be stored for later.',
  })
  readonly payer?: PayerInput | null;

  @Field(() => PaymentInput, {
    nullable: true,
    description: 'Pay now. Without it the order waits for `payOrder`, or for its payer at `Order.paymentPageUrl`.',
  })
  readonly payment?: PaymentInput | null;

  @Field(() => AgreementTermsInput, {
    nullable: true,
    description:
      'The agreement that this payment establishes, PENDING until it is paid. Needs a payer, the scope agreements:write, ' +
      'and a payment that the payer makes in person.',
  })
  readonly agreement?: AgreementTermsInput | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      "Where the payer's browser comes back to after authentication. Without it a 3-D Secure order has only " +
      '`nextAction.clientSecret`, no `redirectUrl`.',
  })
  readonly returnUrl?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: "Where this order's notifications go instead of the merchant's URL.",
  })
  readonly callbackUrl?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is closed unpaid: a minute to 30 days from now. Default: 24 hours.',
  })
  readonly expiresAt?: Date | null;

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'Up to 50 keys of up to 40 characters; values are strings of up to 500.',
  })
  readonly metadata?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which order is paid now, and with what.' })
export class PayOrderInput {
  @Field(() => ID, { description: 'The order to pay, `ord_…`: CREATED and not yet past its `expiresAt`.' })
  readonly orderId!: string;

  @Field(() => PaymentInput, { description: 'With what, for the whole amount of the order.' })
  readonly payment!: PaymentInput;

  @Field(() => AgreementTermsInput, {
    nullable: true,
    description:
      'The agreement that this payment establishes, where `createOrder` did not name one. Needs agreements:write.',
  })
  readonly agreement?: AgreementTermsInput | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'How much of a held amount is taken, and what becomes of the rest.' })
export class CaptureOrderInput {
  @Field(() => ID, { description: 'The order to capture, `ord_…`: held, and not past its `captureBefore`.' })
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "In major units of the order's currency, at most `capturableAmount`. Absent: all of it.",
  })
  readonly amount?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Release the rest of the hold. False keeps it for more captures, where the payment system offers that: then give ' +
      'an `idempotencyKey`, because without one a repeated request is another capture.',
  })
  readonly finalCapture?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'How much of an order is cancelled, and why; never how.' })
export class CancelOrderInput {
  @Field(() => ID, { description: 'The order to cancel, `ord_…`: unpaid, held or captured.' })
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "In major units of the order's currency. Absent: everything that can be cancelled.",
  })
  readonly amount?: string | null;

  @Field(() => CancellationReasonEnum, {
    nullable: true,
    defaultValue: 'MERCHANT',
    description: 'Why; kept with the operation and told to the payment system where it takes one.',
  })
  readonly reason?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which hold is raised, and to what total.' })
export class IncreaseAuthorizationInput {
  @Field(() => ID, {
    description: 'The order whose hold is raised, `ord_…`: AUTHORIZED, with nothing captured or cancelled of it.',
  })
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    description:
      "What the hold is to come to in all, in major units of the order's currency: more than `authorizedAmount`.",
  })
  readonly amount!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'All that are given must hold.' })
export class OrderFilter {
  @Field(() => [OrderStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "Orders of this merchant. A merchant's key sees only its own anyhow.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Orders of this payer.' })
  readonly payerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Orders that established this agreement, renewed its means of payment or are charges under it.',
  })
  readonly agreementId?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this: orders that were tried again share it.' })
  readonly orderNumber?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this, twelve digits: at most one order has it.' })
  readonly billNumber?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Made at this moment or later.' })
  readonly createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Made before this moment.' })
  readonly createdBefore?: Date | null;

  @Field(() => CurrencyCodeScalar, { nullable: true, description: 'Needed with an amount range.' })
  readonly currency?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: '`Order.amount` is at least this, in major units of `currency`.',
  })
  readonly amountFrom?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: '`Order.amount` is at most this, in major units of `currency`.',
  })
  readonly amountTo?: string | null;
}
