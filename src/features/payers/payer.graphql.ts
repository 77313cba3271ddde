import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { PayerRow } from './resolve-payer.js';
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

@InputType({
  description:
    "Who pays: by `id`, or by the merchant's own `reference` (made if new; what is said of a known payer is updated). " +
    'Neither makes a payer without a reference.',
})
export class PayerInput {
  @Field(() => ID, { nullable: true, description: 'A payer of this merchant. Not together with `reference`.' })
  readonly id?: string | null;

  @Field(() => String, { nullable: true, description: "The merchant's id of the payer, 1 to 100 characters." })
  readonly reference?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'An email address of up to 254 characters, where the payment system may send a receipt.',
  })
  readonly email?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 200 characters.' })
  readonly name?: string | null;

  @Field(() => String, { nullable: true, description: '1 to 40 characters.' })
  readonly phone?: string | null;
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

  @Field(() => String, { nullable: true, description: 'The card scheme, as the payment system names it: "visa".' })
  readonly brand: string | null;

  @Field(() => String, { nullable: true, description: 'The last four digits.' })
  readonly lastFour: string | null;

  @Field(() => Int, { nullable: true, description: 'The last month in which a card is valid, 1 to 12.' })
  readonly expiryMonth: number | null;

  @Field(() => Int, { nullable: true, description: 'The year of that month, four digits.' })
  readonly expiryYear: number | null;

  @Field(() => DateTimeScalar, { description: 'When it was first stored.' })
  readonly createdAt: Date;

  constructor(row: CredentialRow) {
    this.id = publicId('storedCredential', row.id);
    this.type = row.type;
    this.status = row.status;
    this.brand = row.brand;
    this.lastFour = row.lastFour;
    this.expiryMonth = row.expiryMonth;
    this.expiryYear = row.expiryYear;
    this.createdAt = row.createdAt;
  }
}

@ObjectType('Payer', { implements: Node, description: 'Who pays a merchant.' })
export class PayerType implements Node {
  readonly id: string;

  @Field(() => String, { nullable: true, description: "The merchant's own id of the payer, unique per merchant." })
  readonly reference: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where the payment system may send receipts; up to 254 characters.',
  })
  readonly email: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the payer is called, as the merchant said last; 1 to 200 characters.',
  })
  readonly name: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A telephone number as the merchant wrote it, not checked; 1 to 40 characters.',
  })
  readonly phone: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was first heard of.' })
  readonly createdAt: Date;

  readonly uuid: string;

  constructor(row: PayerRow) {
    this.uuid = row.id;
    this.id = publicId('payer', row.id);
    this.reference = row.reference;
    this.email = row.email;
    this.name = row.name;
    this.phone = row.phone;
    this.createdAt = row.createdAt;
  }
}
