import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import type { AccountFacts } from './account-facts.js';
import type {
  PaymentSystemAccountStatus,
  PaymentSystemKind,
  PaymentSystemMode,
} from './payment-system-account.entity.js';
import type { WebhookAddress } from './webhook-address.js';

export const PaymentSystemKindEnum = { STRIPE: 'STRIPE' } as const;
registerEnumType(PaymentSystemKindEnum, {
  name: 'PaymentSystemKind',
  description: 'Which payment system an account is at.',
  valuesConfig: { STRIPE: { description: 'An account of your own at stripe.com.' } },
});

export const PaymentSystemModeEnum = { TEST: 'TEST', LIVE: 'LIVE' } as const;
registerEnumType(PaymentSystemModeEnum, {
  name: 'PaymentSystemMode',
  description: "Whether money moves; read off the account's keys.",
  valuesConfig: { TEST: { description: 'Nothing is really paid.' }, LIVE: { description: 'Real payments.' } },
});

export const PaymentSystemAccountStatusEnum = {
  ACTIVE: 'ACTIVE',
  KEYS_REJECTED: 'KEYS_REJECTED',
  DISCONNECTED: 'DISCONNECTED',
} as const;
registerEnumType(PaymentSystemAccountStatusEnum, {
  name: 'PaymentSystemAccountStatus',
  description: 'Whether orders can be made on an account.',
  valuesConfig: {
    ACTIVE: { description: 'Orders can be made.' },
    KEYS_REJECTED: {
      description: 'The payment system no longer accepts the keys; nothing works until rotatePaymentSystemKeys.',
    },
    DISCONNECTED: { description: 'Ended for good. Its keys are erased; its orders stay to be read.' },
  },
});

@ObjectType('PaymentSystemAccount', {
  implements: Node,
  description: "An operator's own account at a payment system: payers' money goes there.",
})
export class PaymentSystemAccountType implements Node {
  @Field(() => ID, { description: 'Its id here.' })
  readonly id: string;

  @Field(() => PaymentSystemKindEnum, { description: 'At whom the account is.' })
  readonly kind: PaymentSystemKind;

  @Field(() => PaymentSystemModeEnum, { description: 'Whether money moves.' })
  readonly mode: PaymentSystemMode;

  @Field(() => String, { description: "For the payment system's own library in the payer's browser. Not a secret." })
  readonly publishableKey: string;

  @Field(() => String, {
    description: 'The start and the last four characters: "sk_test_…4eC3". The key itself is never shown.',
  })
  readonly secretKeyHint: string;

  @Field(() => PaymentSystemAccountStatusEnum, { description: 'Whether orders can be made on it.' })
  readonly status: PaymentSystemAccountStatus;

  @Field(() => String, {
    nullable: true,
    description: 'The account\'s own id at the payment system: "acct_1…".',
  })
  readonly externalAccountId: string | null;

  @Field(() => String, { nullable: true, description: 'The ISO 3166 country of the account.' })
  readonly country: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the payment system last confirmed the keys.' })
  readonly verifiedAt: Date | null;

  @Field(() => UrlScalar, {
    description: 'Where the payment system sends its events. The endpoint is made by itself; nothing is to be set up.',
  })
  readonly webhookUrl: string;

  @Field(() => Boolean, {
    description: 'Whether its events are fetched every few seconds instead, because it cannot reach `webhookUrl`.',
  })
  readonly polled: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was connected.' })
  readonly createdAt: Date;

  constructor(account: AccountFacts, address: WebhookAddress) {
    this.id = publicId('paymentSystemAccount', account.id);
    this.kind = account.kind;
    this.mode = account.mode;
    this.publishableKey = account.publishableKey;
    this.secretKeyHint = account.secretKeyHint;
    this.status = account.status;
    this.externalAccountId = account.externalAccountId;
    this.country = account.country;
    this.verifiedAt = account.verifiedAt;
    this.webhookUrl = address.urlOf(account.id);
    this.polled = account.polled;
    this.createdAt = account.createdAt;
  }
}
