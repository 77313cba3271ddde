import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { idempotencyKey, publicIdOf } from '../../platform/graphql/validation.js';
import { PaymentSystemAccountType } from './payment-system-account.graphql.js';

@InputType({ description: 'The account that is no longer to be used.' })
export class DisconnectPaymentSystemInput {
  @Field(() => ID, {
    description:
      'The account, `psa_…`, of your own operator and of the mode of your key. None of its orders may hold money.',
  })
  readonly accountId!: string;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again change nothing more.',
  })
  readonly idempotencyKey?: string | null;
}

export const disconnectPaymentSystemInput = z.object({
  accountId: publicIdOf('paymentSystemAccount'),
  idempotencyKey: idempotencyKey.nullish(),
});

@ObjectType({ description: 'The account as it is now: its orders stay, its keys are erased.' })
export class DisconnectPaymentSystemPayload {
  @Field(() => PaymentSystemAccountType, { description: 'DISCONNECTED, for good.' })
  readonly account: PaymentSystemAccountType;

  constructor(account: PaymentSystemAccountType) {
    this.account = account;
  }
}

export const DisconnectPaymentSystemResult = resultOf('DisconnectPaymentSystemResult', DisconnectPaymentSystemPayload);
