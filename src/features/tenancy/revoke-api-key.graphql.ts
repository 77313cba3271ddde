import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { z } from 'zod';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { publicIdOf } from '../../platform/graphql/validation.js';
import type { ApiKey } from './api-key.entity.js';
import { ApiKeyType } from './api-key.graphql.js';

@InputType({ description: 'Which key is to end.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: 'The id of the key, `key_…`; it may be the key that asks.' })
  readonly id!: string;
}

export const revokeApiKeyInput = z.object({ id: publicIdOf('apiKey') });

@ObjectType({ description: 'The key, which no longer works; its sockets are closed within two seconds.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKeyType, { description: 'The key with the time at which it ended.' })
  readonly apiKey: ApiKeyType;

  constructor(apiKey: ApiKey) {
    this.apiKey = new ApiKeyType(apiKey);
  }
}

export const RevokeApiKeyResult = resultOf('RevokeApiKeyResult', RevokeApiKeyPayload);
