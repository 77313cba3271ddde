import { Field, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';

@ObjectType({ description: "How far the charging of an operator's agreements is, in the mode of the key that asks." })
export class BillingProgress {
  @Field(() => Int, {
    description: 'Agreements that have something due now: a charge, a retry or a notice. Counted up to 10,000.',
  })
  readonly due!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when the oldest of them is due; null when none is.',
  })
  readonly dueSince!: Date | null;

  @Field(() => Int, {
    description: 'The same in whole seconds before now: how far the charging is behind. 0 when it is not.',
  })
  readonly lagSeconds!: number;

  @Field(() => Int, { description: 'Charges whose attempt is neither paid nor failed yet. Counted up to 10,000.' })
  readonly underWay!: number;

  @Field(() => Int, { description: 'Charges that failed and wait to be tried again. Counted up to 10,000.' })
  readonly waitingForRetry!: number;
}
