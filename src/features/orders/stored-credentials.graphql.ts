import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { CurrencyCodeScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { PayerInput } from '../payers/index.js';
import { OrderType } from './order.graphql.js';
import { PaymentInput } from './payment-input.graphql.js';

@InputType({ description: 'A means of payment to be stored for a payer, and how the payer gave it.' })
export class AddStoredCredentialInput {
  @Field(() => ID, {
    nullable: true,
    description: "Needed with an operator's key; a merchant's key is for its own merchant.",
  })
  readonly merchantId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Where it is stored, `psa_…`. Default: the merchant's, else the operator's only one of the key's mode.",
  })
  readonly paymentSystemAccountId?: string | null;

  @Field(() => PayerInput, { description: 'Whose it is; made if new.' })
  readonly payer!: PayerInput;

  @Field(() => PaymentInput, {
    description:
      'What is stored: a `token`, or a `card` where card data is taken; not a `storedCredentialId`, which is stored ' +
      'already. A bank account needs `mandate`. `storedOnFile` is TO_BE_STORED and may be left out.',
  })
  readonly payment!: PaymentInput;

  @Field(() => String, {
    nullable: true,
    description: "The merchant's own number of the order that the check is, 1 to 128 characters. Default: made by us.",
  })
  readonly orderNumber?: string | null;

  @Field(() => CurrencyCodeScalar, {
    nullable: true,
    defaultValue: 'USD',
    description:
      'ISO 4217 code that the order of 0 is listed under. No money is taken, and later payments may be in any currency.',
  })
  readonly currency?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      "Where the payer's browser comes back to after authentication. Without it a check with 3-D Secure has only " +
      '`nextAction.clientSecret`, no `redirectUrl`.',
  })
  readonly returnUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      '1 to 255 printable ASCII characters. The same key with the same input answers the first result again, as it is now.',
  })
  readonly idempotencyKey?: string | null;
}

/** `storedCredential` is its resolver's. */
@ObjectType({ description: 'What became of the check. One that the bank declined is here too, not a Problem.' })
export class AddStoredCredentialPayload {
  @Field(() => OrderType, {
    description:
      'The check, an order of 0: VERIFIED when it passed, REQUIRES_ACTION while the payer must authenticate, DECLINED, ' +
      'or PROCESSING.',
  })
  readonly order!: OrderType;
}

export const AddStoredCredentialResult = resultOf('AddStoredCredentialResult', AddStoredCredentialPayload);
