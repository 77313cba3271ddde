import { Field, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { CheckRow, DifferenceRow } from './checks-sql.js';
import { DifferenceKindEnum } from './ledger-enums.graphql.js';

@ObjectType('LedgerDifference', { description: 'Two sides that should say the same and do not.' })
export class LedgerDifferenceType {
  @Field(() => DifferenceKindEnum, { description: 'What was compared.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => ID, { nullable: true, description: '`ord_…`, where it is about an order.' })
  get orderId(): string | null {
    return this.row.orderId && publicId('order', this.row.orderId);
  }

  @Field(() => String, { nullable: true, description: 'The payment system’s id of the movement it is about.' })
  get movementExternalId(): string | null {
    return this.row.movementExternalId;
  }

  @Field(() => String, { description: 'Both sides, for a person; amounts are in minor units.' })
  get detail(): string {
    return this.row.detail;
  }

  constructor(private readonly row: DifferenceRow) {}
}

@ObjectType('LedgerCheck', {
  description:
    'The last comparison of an account: its orders with the ledger, the ledger with its entries, and the payment ' +
    'system’s movements of the last seven days with those known here, one by one. Made every night.',
})
export class LedgerCheckType {
  @Field(() => ID, { description: '`psa_…`: the account that was checked.' })
  get paymentSystemAccountId(): string {
    return publicId('paymentSystemAccount', this.row.accountId);
  }

  @Field(() => DateTimeScalar, { description: 'When it was done.' })
  get checkedAt(): Date {
    return this.row.checkedAt;
  }

  @Field(() => Int, { description: 'How many orders were compared.' })
  get orders(): number {
    return this.row.orders;
  }

  @Field(() => Int, { description: 'How many movements were compared.' })
  get movements(): number {
    return this.row.movements;
  }

  @Field(() => Int, { description: 'How many differences there are in all. 0 is as it should be.' })
  get differenceCount(): number {
    return this.row.differences;
  }

  @Field(() => [LedgerDifferenceType], { description: 'The first thousand of them.' })
  readonly differences: readonly LedgerDifferenceType[];

  constructor(
    private readonly row: CheckRow,
    differences: readonly DifferenceRow[],
  ) {
    this.differences = differences.map((each) => new LedgerDifferenceType(each));
  }
}
