import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { MoneyInput } from '../../platform/graphql/money.graphql.js';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import {
  CurrencyCodeScalar,
  DateTimeScalar,
  DecimalScalar,
  JsonObjectScalar,
  UrlScalar,
} from '../../platform/graphql/scalars.js';
import { PayerInput } from '../payers/index.js';
import { TransactionSourceEnum } from '../tenancy/index.js';
import { CancellationReasonEnum, CaptureModeEnum, OrderStatusEnum, StoredOnFileEnum } from './enums.graphql.js';
import { OperationObject } from './operation.graphql.js';
import { OrderType } from './order.graphql.js';

const IDEMPOTENCY_KEY =
  '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.';

@InputType({ description: 'Card data. Refused at present with CARD_DATA_NOT_ALLOWED: pay with a token.' })
export class CardInput {
  @Field(() => String)
  readonly number!: string;

  @Field(() => Int)
  readonly expiryMonth!: number;

  @Field(() => Int)
  readonly expiryYear!: number;

  @Field(() => String, { nullable: true })
  readonly cvc?: string | null;

  @Field(() => String, { nullable: true })
  readonly holderName?: string | null;
}

@InputType({ description: 'What is paid with: exactly one of `token`, `storedCredentialId` and `card`.' })
export class CredentialInput {
  @Field(() => String, { nullable: true, description: "The payment system's token: `pm_…` at Stripe." })
  readonly token?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'With `token`: the customer it is already attached to, `cus_…`.',
  })
  readonly externalCustomerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A credential stored here for the payer.' })
  readonly storedCredentialId?: string | null;

  @Field(() => CardInput, { nullable: true })
  readonly card?: CardInput | null;
}

@InputType({ description: 'How an order is paid.' })
export class PaymentInput {
  @Field(() => CredentialInput)
  readonly credential!: CredentialInput;

  @Field(() => TransactionSourceEnum, {
    nullable: true,
    defaultValue: 'INTERNET',
    description: "How the payer's consent came.",
  })
  readonly source?: string | null;

  @Field(() => StoredOnFileEnum, {
    nullable: true,
    description:
      'Derived when absent: STORED for stored credentials, TO_BE_STORED with `saveCredential`, else NOT_STORED.',
  })
  readonly storedOnFile?: string | null;
}

@InputType()
export class CreateOrderInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Default: the merchant's, else the operator's only one of the key's mode.",
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

  @Field(() => CaptureModeEnum, { nullable: true, defaultValue: 'AUTOMATIC' })
  readonly captureMode?: string | null;

  @Field(() => String, { nullable: true, description: 'Up to 500 characters; payers may see it.' })
  readonly description?: string | null;

  @Field(() => PayerInput, { nullable: true })
  readonly payer?: PayerInput | null;

  @Field(() => PaymentInput, { nullable: true, description: 'Pay now. Without it the order waits for `payOrder`.' })
  readonly payment?: PaymentInput | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: "Where the payer's browser comes back to after authentication.",
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

@InputType()
export class PayOrderInput {
  @Field(() => ID)
  readonly orderId!: string;

  @Field(() => PaymentInput)
  readonly payment!: PaymentInput;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType()
export class CaptureOrderInput {
  @Field(() => ID)
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "In the order's currency, at most `capturableAmount`. Absent: all of it.",
  })
  readonly amount?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Release the rest of the hold. False keeps it for more captures, where the payment system offers that.',
  })
  readonly finalCapture?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType()
export class CancelOrderInput {
  @Field(() => ID)
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "In the order's currency. Absent: everything that can be cancelled.",
  })
  readonly amount?: string | null;

  @Field(() => CancellationReasonEnum, { nullable: true, defaultValue: 'MERCHANT' })
  readonly reason?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType()
export class IncreaseAuthorizationInput {
  @Field(() => ID)
  readonly orderId!: string;

  @Field(() => DecimalScalar, {
    description: "What the hold is to come to in all, in the order's currency: more than `authorizedAmount`.",
  })
  readonly amount!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'All that are given must hold.' })
export class OrderFilter {
  @Field(() => [OrderStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => ID, { nullable: true })
  readonly merchantId?: string | null;

  @Field(() => ID, { nullable: true })
  readonly payerId?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this: orders that were tried again share it.' })
  readonly orderNumber?: string | null;

  @Field(() => String, { nullable: true })
  readonly billNumber?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Made at this moment or later.' })
  readonly createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Made before this moment.' })
  readonly createdBefore?: Date | null;

  @Field(() => CurrencyCodeScalar, { nullable: true, description: 'Needed with an amount range.' })
  readonly currency?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'An amount of at least this.' })
  readonly amountFrom?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: 'An amount of at most this.' })
  readonly amountTo?: string | null;
}

@ObjectType()
export class CreateOrderPayload {
  @Field(() => OrderType, {
    description: 'A declined payment is no Problem: the order is DECLINED and its operation says why.',
  })
  readonly order!: OrderType;
}

@ObjectType()
export class PayOrderPayload {
  @Field(() => OrderType)
  readonly order!: OrderType;
}

@ObjectType()
export class CaptureOrderPayload {
  @Field(() => OrderType)
  readonly order!: OrderType;

  @Field(() => OperationObject, { description: 'This capture, or the one that had been made before.' })
  readonly operation!: OperationObject;
}

@ObjectType()
export class CancelOrderPayload {
  @Field(() => OrderType)
  readonly order!: OrderType;

  @Field(() => OperationObject)
  readonly operation!: OperationObject;
}

@ObjectType()
export class IncreaseAuthorizationPayload {
  @Field(() => OrderType)
  readonly order!: OrderType;

  @Field(() => OperationObject)
  readonly operation!: OperationObject;
}

export const CreateOrderResult = resultOf('CreateOrderResult', CreateOrderPayload);
export const PayOrderResult = resultOf('PayOrderResult', PayOrderPayload);
export const CaptureOrderResult = resultOf('CaptureOrderResult', CaptureOrderPayload);
export const CancelOrderResult = resultOf('CancelOrderResult', CancelOrderPayload);
export const IncreaseAuthorizationResult = resultOf('IncreaseAuthorizationResult', IncreaseAuthorizationPayload);
