import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { MandateStatus } from './stored-credential.entity.js';
import type { CredentialRow } from './stored-credentials.js';

const CredentialTypeEnum = { CARD: 'CARD', SCHEME_TOKEN: 'SCHEME_TOKEN', BANK_ACCOUNT: 'BANK_ACCOUNT' } as const;
registerEnumType(CredentialTypeEnum, {
  name: 'CredentialType',
  description: 'What kind of means of payment is stored.',
  valuesConfig: {
    CARD: { description: "A card, known by the payment system's token." },
    SCHEME_TOKEN: { description: "A card scheme's own token, which outlives the plastic." },
    BANK_ACCOUNT: { description: 'A bank account that is debited under a mandate.' },
  },
});

const CredentialStatusEnum = { ACTIVE: 'ACTIVE', REMOVED: 'REMOVED' } as const;
registerEnumType(CredentialStatusEnum, {
  name: 'CredentialStatus',
  description: 'Whether a stored credential may be used.',
  valuesConfig: { ACTIVE: { description: 'It may be used.' }, REMOVED: { description: 'It may not any more.' } },
});

const RemovalReasonEnum = {
  REQUESTED: 'REQUESTED',
  DETACHED_ELSEWHERE: 'DETACHED_ELSEWHERE',
  MANDATE_INACTIVE: 'MANDATE_INACTIVE',
} as const;
registerEnumType(RemovalReasonEnum, {
  name: 'CredentialRemovalReason',
  description: 'Why a stored credential may not be used any more.',
  valuesConfig: {
    REQUESTED: { description: 'It was removed here, with `removeStoredCredential`.' },
    DETACHED_ELSEWHERE: {
      description: 'It was taken from its payer at the payment system, as a rule in its console; it cannot come back.',
    },
    MANDATE_INACTIVE: { description: 'The payer or the bank withdrew the mandate to debit the bank account.' },
  },
});

const MandateStatusEnum = { ACTIVE: 'ACTIVE', PENDING: 'PENDING', INACTIVE: 'INACTIVE' } as const;
registerEnumType(MandateStatusEnum, {
  name: 'MandateStatus',
  description: 'Whether a bank account may be debited under a mandate.',
  valuesConfig: {
    ACTIVE: { description: 'It may be debited.' },
    PENDING: { description: 'The payment system is still setting it up.' },
    INACTIVE: { description: 'It may not be debited any more, and the credential is REMOVED.' },
  },
});

@ObjectType('Mandate', { description: "A payer's permission to debit a bank account, as the payment system keeps it." })
export class MandateType {
  @Field(() => String, {
    nullable: true,
    description: "What the payer finds on the bank statement: the mandate's reference, in the bank's own characters.",
  })
  readonly reference: string | null;

  @Field(() => String, { nullable: true, description: 'Where the payer can read it: a page of the payment system.' })
  readonly url: string | null;

  @Field(() => MandateStatusEnum, { description: 'As the payment system showed it last.' })
  readonly status: MandateStatus;

  constructor({ mandateReference, mandateUrl }: CredentialRow, status: MandateStatus) {
    this.reference = mandateReference;
    this.url = mandateUrl;
    this.status = status;
  }
}

@ObjectType('StoredCredential', {
  implements: Node,
  description: "A payment system's token for a payer's means of payment. There is no card number behind it here.",
})
export class StoredCredentialType implements Node {
  readonly id: string;

  @Field(() => CredentialTypeEnum, {
    description: 'What is charged when it is used: a card, a scheme token or a bank account.',
  })
  readonly type: keyof typeof CredentialTypeEnum;

  @Field(() => CredentialStatusEnum, { description: 'Whether it can pay an order now.' })
  readonly status: keyof typeof CredentialStatusEnum;

  @Field(() => RemovalReasonEnum, { nullable: true, description: 'Why it is REMOVED; null while it is ACTIVE.' })
  readonly removedBecause: keyof typeof RemovalReasonEnum | null;

  @Field(() => String, {
    nullable: true,
    description: 'The card scheme, as the payment system names it: "visa". Of a bank account the bank\'s code.',
  })
  readonly brand: string | null;

  @Field(() => String, { nullable: true, description: 'The last four digits of the card or account number.' })
  readonly lastFour: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The last month in which a card is valid, 1 to 12: it works until the end of it. Null for bank accounts.',
  })
  readonly expiryMonth: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The year of that month, four digits. Banks renew cards, and both then change here by themselves.',
  })
  readonly expiryYear: number | null;

  @Field(() => MandateType, {
    nullable: true,
    description:
      'Bank accounts: the mandate under which it is debited; null until the payment system has shown it, some seconds ' +
      'after it was stored. Null for cards.',
  })
  readonly mandate: MandateType | null;

  @Field(() => DateTimeScalar, { description: 'When it was first stored.' })
  readonly createdAt: Date;

  readonly payerId: string;

  constructor(row: CredentialRow) {
    this.id = publicId('storedCredential', row.id);
    this.payerId = row.payerId;
    this.type = row.type;
    this.status = row.status;
    this.removedBecause = row.removedBecause;
    this.brand = row.brand;
    this.lastFour = row.lastFour;
    this.expiryMonth = row.expiryMonth;
    this.expiryYear = row.expiryYear;
    this.mandate = row.mandateStatus && new MandateType(row, row.mandateStatus);
    this.createdAt = row.createdAt;
  }
}
