import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { PayerRow } from './resolve-payer.js';

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
