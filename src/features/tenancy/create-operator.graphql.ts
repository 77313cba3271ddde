import { Field, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { TimeZoneScalar } from '../../platform/graphql/scalars.js';
import { ApiKeyType } from './api-key.graphql.js';
import type { CreatedOperator } from './create-operator.js';
import { name, optionalIdempotencyKey } from './inputs.js';
import { OperatorType } from './operator.graphql.js';

@InputType({ description: 'A new operator.' })
export class CreateOperatorInput {
  @Field(() => String, { description: '1 to 200 characters.' })
  readonly name!: string;

  @Field(() => TimeZoneScalar, {
    nullable: true,
    defaultValue: 'UTC',
    description: "The zone in which the operator's days and months end.",
  })
  readonly timeZone?: string | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again answer the first result, without the secret.',
  })
  readonly idempotencyKey?: string | null;
}

export const createOperatorInput = z.object({
  name,
  timeZone: z
    .string()
    .nullish()
    .transform((zone) => zone ?? 'UTC'),
  idempotencyKey: optionalIdempotencyKey,
});

@ObjectType({ description: 'The operator that was made, with its first key.' })
export class CreateOperatorPayload {
  @Field(() => OperatorType, { description: 'ACTIVE, without merchants and payment systems.' })
  readonly operator: OperatorType;

  @Field(() => ApiKeyType, { description: 'An operator key in TEST mode with all scopes.' })
  readonly apiKey: ApiKeyType;

  @Field(() => String, {
    nullable: true,
    description:
      "The key's text, to be kept now: it is shown this once. Null when the request was repeated; make another key then.",
  })
  readonly secret: string | null;

  constructor({ operator, apiKey, secret }: CreatedOperator) {
    this.operator = new OperatorType(operator);
    this.apiKey = new ApiKeyType(apiKey);
    this.secret = secret;
  }
}

export const CreateOperatorResult = resultOf('CreateOperatorResult', CreateOperatorPayload);
