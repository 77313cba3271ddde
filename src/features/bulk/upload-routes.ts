import type { FastifyInstance } from 'fastify';
import { DomainError, notFound } from '../../kernel/errors.js';
import { publicId } from '../../kernel/ids.js';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import { FilesBusy } from '../../platform/downloads/slots.js';
import { type PutBody, putRoute } from '../../platform/http/put-route.js';
import { isInForce, type KnownKeys } from '../tenancy/index.js';
import type { BulkOperationRow, FileFault } from './bulk-rows.js';
import { OPERATION_BY_ID } from './bulk-sql.js';
import { doneRows } from './domain/progress.js';
import { putFile } from './put-file.js';
import { faultsOf, RETRY_AFTER_SECONDS, TOO_MANY, type UploadParts } from './upload.js';
import type { UploadLinks, UploadTarget } from './upload-link.js';

export interface UploadRoutesParts extends UploadParts {
  readonly links: UploadLinks;
  readonly keys: KnownKeys;
}

/** Where files are put that are too large, or too slow, for a request of the API. */
export function uploadRoutes(parts: UploadRoutesParts) {
  return (app: FastifyInstance): void => {
    putRoute(app, '/bulk-files/*', (body) => answerTo(parts, body));
  };
}

async function answerTo(parts: UploadRoutesParts, { request, reply, content }: PutBody): Promise<object> {
  const token = (request.params as { readonly '*': string })['*'];
  const target = parts.links.read(token, parts.units.clock.now());
  if (!target) {
    void reply.code(404);
    return refusal('NOT_FOUND', 'This address is not valid, or not any more: begin a new operation.');
  }
  let giveBack = () => {};
  try {
    await assertKeyInForce(parts, target);
    giveBack = parts.slots.take(target.operatorId);
    return shown(await putFile(parts, target, content));
  } catch (error) {
    if (error instanceof FilesBusy) {
      void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
      return { problem: { code: 'RATE_LIMITED', message: TOO_MANY, faults: [] } };
    }
    const answer = answerToFailure(error);
    if (!answer) throw error;
    void reply.code(answer.status);
    return answer.body;
  } finally {
    giveBack();
  }
}

/** An address is as good as the key that asked for it: of one that was revoked, or whose operator is suspended, there is none. */
async function assertKeyInForce({ units, keys }: UploadRoutesParts, target: UploadTarget): Promise<void> {
  const { operatorId, operationId } = target;
  const [operation] = await units.sql(operatorId, (transaction) =>
    transaction.query<BulkOperationRow>(OPERATION_BY_ID, [operatorId, operationId]),
  );
  const [key] = operation ? await keys.read([{ operatorId, id: operation.apiKeyId }]) : [];
  if (key?.operatorStatus !== 'ACTIVE' || !isInForce(key, units.clock.now())) throw notFound('upload address');
}

/** Null where it is no refusal of ours: the edge answers for uploads that were cut off. */
function answerToFailure(error: unknown): { readonly status: number; readonly body: object } | null {
  if (error instanceof CsvRefused) {
    const message = 'The file was refused as a whole, and nothing of it is stored: begin a new operation.';
    return { status: 422, body: refusal('INVALID_INPUT', message, faultsOf(error)) };
  }
  if (!(error instanceof DomainError)) return null;
  return { status: error.code === 'NOT_FOUND' ? 404 : 409, body: refusal(error.code, error.message) };
}

function refusal(code: string, message: string, faults: readonly FileFault[] = []): object {
  return { problem: { code, message, faults } };
}

function shown(operation: BulkOperationRow): object {
  const { id, status, rowCount, succeeded, repeated, failed, canceled } = operation;
  const counts = { total: rowCount, done: doneRows(operation), succeeded, repeated, failed, canceled };
  return { operation: { id: publicId('bulkOperation', id), status, counts } };
}
