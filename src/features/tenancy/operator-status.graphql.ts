import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { publicIdOf } from '../../platform/graphql/validation.js';
import { optionalIdempotencyKey } from './inputs.js';
import type { Operator } from './operator.entity.js';
import { OperatorType } from './operator.graphql.js';

@InputType({ description: 'Which operator is to be closed.' })
export class SuspendOperatorInput {
  @Field(() => ID, { description: 'The operator, `op_…`.' })
  readonly operatorId!: string;

  @Field(() => String, { nullable: true, description: '1 to 255 characters; compared within the operator.' })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Which operator is to be opened again.' })
export class ResumeOperatorInput {
  @Field(() => ID, { description: 'The operator, `op_…`.' })
  readonly operatorId!: string;

  @Field(() => String, { nullable: true, description: '1 to 255 characters; compared within the operator.' })
  readonly idempotencyKey?: string | null;
}

export const operatorInput = z.object({ operatorId: publicIdOf('operator'), idempotencyKey: optionalIdempotencyKey });

@ObjectType({ description: 'The operator, now closed.' })
export class SuspendOperatorPayload {
  @Field(() => OperatorType, { description: 'As it is now.' })
  readonly operator: OperatorType;

  constructor(operator: Operator) {
    this.operator = new OperatorType(operator);
  }
}

@ObjectType({ description: 'The operator, now served again.' })
export class ResumeOperatorPayload {
  @Field(() => OperatorType, { description: 'As it is now.' })
  readonly operator: OperatorType;

  constructor(operator: Operator) {
    this.operator = new OperatorType(operator);
  }
}

export const SuspendOperatorResult = resultOf('SuspendOperatorResult', SuspendOperatorPayload);
export const ResumeOperatorResult = resultOf('ResumeOperatorResult', ResumeOperatorPayload);
