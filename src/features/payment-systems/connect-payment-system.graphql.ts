import { Field, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { keyInputs } from './key-inputs.js';
import type { PaymentSystemKind } from './payment-system-account.entity.js';
import { PaymentSystemAccountType, PaymentSystemKindEnum } from './payment-system-account.graphql.js';

@InputType({ description: 'The keys of your own account at a payment system, both of the mode of your API key.' })
export class ConnectPaymentSystemInput {
  @Field(() => PaymentSystemKindEnum, {
    nullable: true,
    defaultValue: 'STRIPE',
    description: 'At whom the account is; the keys must be from there.',
  })
  readonly kind?: PaymentSystemKind | null;

  @Field(() => String, { description: '"pk_test_…" or "pk_live_…".' })
  readonly publishableKey!: string;

  @Field(() => String, {
    description:
      '"sk_…", or a restricted key "rk_…" that may write payments, refunds, customers, Checkout Sessions and webhook ' +
      'endpoints, and read balance transactions and payouts. ' +
      'It is checked with the payment system, kept encrypted, and never shown again.',
  })
  readonly secretKey!: string;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again answer the first result.',
  })
  readonly idempotencyKey?: string | null;
}

export const connectPaymentSystemInput = z.object({ kind: z.literal('STRIPE').nullish(), ...keyInputs });

@ObjectType({ description: 'The account that was connected.' })
export class ConnectPaymentSystemPayload {
  @Field(() => PaymentSystemAccountType, {
    description: 'ACTIVE, with its webhook endpoint made; orders can name it at once.',
  })
  readonly account: PaymentSystemAccountType;

  constructor(account: PaymentSystemAccountType) {
    this.account = account;
  }
}

export const ConnectPaymentSystemResult = resultOf('ConnectPaymentSystemResult', ConnectPaymentSystemPayload);
