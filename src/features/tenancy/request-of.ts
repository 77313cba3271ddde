import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { ownerOf } from './domain/access.js';
import type { Principal } from './domain/principal.js';

/** The request as its principal would repeat it. */
export function requestOf(
  principal: Principal,
  mutation: string,
  input: { readonly idempotencyKey?: string | null | undefined },
): IdempotentRequest {
  return { owner: ownerOf(principal), key: input.idempotencyKey, mutation, input };
}
