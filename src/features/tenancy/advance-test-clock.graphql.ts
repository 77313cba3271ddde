import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { optionalId, optionalIdempotencyKey } from './inputs.js';
import type { Operator } from './operator.entity.js';
import { OperatorType } from './operator.graphql.js';

@InputType({ description: 'Where the time of a testing operator is moved: exactly one of `to` and `seconds`.' })
export class AdvanceTestClockInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The operator, `op_…`; an operator key need not name its own.',
  })
  readonly operatorId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "The operator's new time: after its present one, by 731 days at most.",
  })
  readonly to?: Date | null;

  @Field(() => Int, { nullable: true, description: 'By how many seconds time is moved ahead: 1 to 731 days of them.' })
  readonly seconds?: number | null;

  @Field(() => String, { nullable: true, description: '1 to 255 characters; compared within the operator.' })
  readonly idempotencyKey?: string | null;
}

export const advanceTestClockInput = z
  .object({
    operatorId: optionalId('operator'),
    to: z.date().nullish(),
    seconds: z.number().nullish(),
    idempotencyKey: optionalIdempotencyKey,
  })
  .superRefine(({ to, seconds }, context) => {
    if ((to == null) === (seconds == null)) {
      context.addIssue({ code: 'custom', message: 'must have exactly one of to and seconds' });
    }
  });

@ObjectType({ description: 'The operator, in its new time.' })
export class AdvanceTestClockPayload {
  @Field(() => OperatorType, { description: 'As it is now; `testClock` is its time.' })
  readonly operator: OperatorType;

  constructor(operator: Operator) {
    this.operator = new OperatorType(operator);
  }
}

export const AdvanceTestClockResult = resultOf('AdvanceTestClockResult', AdvanceTestClockPayload);
