import { z } from 'zod';
import { notFound } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { idempotencyKey, validated } from '../../platform/graphql/validation.js';
import { merchantOf, type Principal, requestOf } from '../tenancy/index.js';
import type { BulkInput, BulkOperationInput } from './bulk-inputs.graphql.js';
import { type BulkKind, MUTATION_OF_KIND } from './domain/words.js';
import type { WantedOperation } from './new-operation.js';

const BULK_INPUT = z.object({ idempotencyKey: idempotencyKey.nullish() });

/** What is wanted of the file, and how the same request is known again: by the bytes of the file, not by its name. */
export function wantedOperationOf(kind: BulkKind, principal: Principal, input: BulkInput) {
  validated(BULK_INPUT, input);
  const { mode, keyId: apiKeyId } = principal;
  const isDryRun = input.dryRun ?? false;
  const merchantId = merchantOf(principal, input.merchantId);
  const wanted: WantedOperation = { kind, merchantId, mode, isDryRun, apiKeyId };
  const { idempotencyKey: key } = input;
  const request = (file: string | null) =>
    requestOf(principal, MUTATION_OF_KIND[kind], { merchantId, dryRun: isDryRun, idempotencyKey: key, file });
  return { wanted, request };
}

/** The operation that an input names, as a UUID. */
export function operationNamedBy({ bulkOperationId }: BulkOperationInput): string {
  const uuid = uuidOf('bulkOperation', bulkOperationId);
  if (!uuid) throw notFound('bulk operation');
  return uuid;
}
