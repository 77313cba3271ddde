import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { ownerOf } from './domain/access.js';
import type { Principal } from './domain/principal.js';

/** The request as its principal would repeat it. */
export function requestOf<Input extends { readonly idempotencyKey?: string | null | undefined }>(
  principal: Principal,
  mutation: string,
  input: Input,
): IdempotentRequest {
  return { owner: ownerOf(principal), key: input.idempotencyKey, mutation, input };
}
