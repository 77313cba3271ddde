import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { TransactionSourceEnum } from '../tenancy/index.js';
import { StoredOnFileEnum } from './enums.graphql.js';

@InputType({
  description:
    'Card data, exchanged for a token before anything is kept. Refused with CARD_DATA_NOT_ALLOWED unless this ' +
    'deployment takes card data and the merchant is marked as PCI DSS certified; pay with a token then.',
})
export class CardInput {
  @Field(() => String, { description: 'The digits on the front of the card (PAN), 12 to 19, without spaces.' })
  readonly number!: string;

  @Field(() => Int, { description: 'The last month in which the card is valid, 1 to 12.' })
  readonly expiryMonth!: number;

  @Field(() => Int, { description: 'The year of that month, four digits: 2030.' })
  readonly expiryYear!: number;

  @Field(() => String, { nullable: true, description: 'The security code: three digits, four on American Express.' })
  readonly cvc?: string | null;

  @Field(() => String, { nullable: true, description: 'The name as printed on the card, up to 100 characters.' })
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

  @Field(() => ID, {
    nullable: true,
    description: 'A means of payment stored here, `Payer.storedCredentials`: ACTIVE, and of the payer of this order.',
  })
  readonly storedCredentialId?: string | null;

  @Field(() => CardInput, {
    nullable: true,
    description:
      'For PCI DSS certified merchants, where card data is taken at all; else CARD_DATA_NOT_ALLOWED, and nothing of it ' +
      'is kept. An `idempotencyKey` does not tell one card from another.',
  })
  readonly card?: CardInput | null;
}

@InputType({
  description:
    'The payer’s permission to debit a bank account, as it was given; kept as evidence by the payment system.',
})
export class MandateAcceptanceInput {
  @Field(() => DateTimeScalar, { description: 'When the payer agreed to the text of the mandate; not in the future.' })
  readonly acceptedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description:
      'IPv4 or IPv6, where the payer agreed in a browser; then `userAgent` too. Absent: on paper or by phone.',
  })
  readonly ipAddress?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The browser's own name, up to 1000 characters; together with `ipAddress` or not at all.",
  })
  readonly userAgent?: string | null;
}

@InputType({ description: 'How an order is paid.' })
export class PaymentInput {
  @Field(() => CredentialInput, { description: 'What is charged: a token, or what the payer has stored before.' })
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
      'Derived when absent: STORED for stored credentials, TO_BE_STORED with `saveCredential` or an agreement, else ' +
      'NOT_STORED.',
  })
  readonly storedOnFile?: string | null;

  @Field(() => MandateAcceptanceInput, {
    nullable: true,
    description: 'For bank accounts: how the payer accepted that they are debited. Not for cards.',
  })
  readonly mandate?: MandateAcceptanceInput | null;
}
