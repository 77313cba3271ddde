import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { publicIdOf } from '../../platform/graphql/validation.js';
import type { CreatedClientToken } from './create-client-token.js';
import { optionalIdempotencyKey } from './inputs.js';

const SECONDS_MIN = 60;
const SECONDS_MAX = 86_400;
const SECONDS_DEFAULT = 900;
const SECONDS_MESSAGE = `must be a whole number from ${SECONDS_MIN} to ${SECONDS_MAX}`;

@InputType({ description: "A token for a payer's browser." })
export class CreateClientTokenInput {
  @Field(() => ID, { description: 'The one order that the token shows.' })
  readonly orderId!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: SECONDS_DEFAULT,
    description: `How long it works, in seconds: ${SECONDS_MIN} to ${SECONDS_MAX}.`,
  })
  readonly expiresInSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again answer a token that ends at the same moment.',
  })
  readonly idempotencyKey?: string | null;
}

export const createClientTokenInput = z.object({
  orderId: publicIdOf('order'),
  expiresInSeconds: z
    .int(SECONDS_MESSAGE)
    .min(SECONDS_MIN, SECONDS_MESSAGE)
    .max(SECONDS_MAX, SECONDS_MESSAGE)
    .nullish()
    .transform((seconds) => seconds ?? SECONDS_DEFAULT),
  idempotencyKey: optionalIdempotencyKey,
});

@ObjectType({ description: 'A token that shows one order, and nothing else, to whoever holds it.' })
export class CreateClientTokenPayload {
  @Field(() => String, { description: 'Sent like a key: `Authorization: Bearer <token>`.' })
  readonly token: string;

  @Field(() => DateTimeScalar, { description: 'It ends earlier when the key that asked for it is revoked.' })
  readonly expiresAt: Date;

  constructor({ token, expiresAt }: CreatedClientToken) {
    this.token = token;
    this.expiresAt = expiresAt;
  }
}

export const CreateClientTokenResult = resultOf('CreateClientTokenResult', CreateClientTokenPayload);
