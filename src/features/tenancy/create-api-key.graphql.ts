import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { ApiKeyType } from './api-key.graphql.js';
import { KEY_KINDS, type KeyKind, MODES, type Mode, SCOPES } from './domain/scopes.js';
import { ApiKeyKindEnum, KeyModeEnum } from './enums.graphql.js';
import { name, optionalId, optionalIdempotencyKey } from './inputs.js';
import type { IssuedKey } from './issue-api-key.js';

@InputType({ description: 'A new API key. Nobody can give a key more than they have themselves.' })
export class CreateApiKeyInput {
  @Field(() => ApiKeyKindEnum, {
    nullable: true,
    description:
      'When left out: MERCHANT where a merchant is named, else as the key that asks (platform: OPERATOR where one is named).',
  })
  readonly kind?: KeyKind | null;

  @Field(() => ID, { nullable: true, description: 'For platform keys: the operator that gets an operator key.' })
  readonly operatorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The merchant that gets the key; for keys of kind MERCHANT only.' })
  readonly merchantId?: string | null;

  @Field(() => KeyModeEnum, {
    nullable: true,
    description: 'The mode of the key that asks, and no other. Platform keys make keys of any mode, by default TEST.',
  })
  readonly mode?: Mode | null;

  @Field(() => String, { description: 'What it is for; 1 to 200 characters.' })
  readonly name!: string;

  @Field(() => [String], {
    nullable: true,
    description: `Of: ${SCOPES.join(', ')}. When left out, all that a key of this kind may have and you have yourself.`,
  })
  readonly scopes?: string[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it ends by itself; null: not before it is revoked.',
  })
  readonly expiresAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again answer the first result, without the secret.',
  })
  readonly idempotencyKey?: string | null;
}

export const createApiKeyInput = z.object({
  kind: z.enum(KEY_KINDS).nullish(),
  operatorId: optionalId('operator'),
  merchantId: optionalId('merchant'),
  mode: z.enum(MODES).nullish(),
  name,
  scopes: z.array(z.enum(SCOPES)).nullish(),
  expiresAt: z.date().nullish(),
  idempotencyKey: optionalIdempotencyKey,
});

@ObjectType({ description: 'The key that was made.' })
export class CreateApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key as it is listed from now on.' })
  readonly apiKey: ApiKeyType;

  @Field(() => String, {
    nullable: true,
    description:
      "The key's text, to be kept now: it is shown this once. Null when the request was repeated; make another key then.",
  })
  readonly secret: string | null;

  constructor({ apiKey, secret }: IssuedKey) {
    this.apiKey = new ApiKeyType(apiKey);
    this.secret = secret;
  }
}

export const CreateApiKeyResult = resultOf('CreateApiKeyResult', CreateApiKeyPayload);
