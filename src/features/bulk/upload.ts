import type pg from 'pg';
import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { CsvRefused } from '../../platform/csv/csv-refused.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { FilesBusy, type Slots } from '../../platform/downloads/slots.js';
import { ApiError } from '../../platform/graphql/errors.js';
import { masked } from '../../platform/graphql/masked.js';
import { UploadCut } from '../../platform/http/upload.js';
import type { FileFault } from './bulk-rows.js';
import type { BulkKind } from './domain/words.js';

/** What receiving a file takes. */
export interface UploadParts {
  readonly units: UnitsOfWork;
  /** Plain connections, for `copy`: how many files are stored at once, whatever else goes on. */
  readonly copies: pg.Pool;
  /** Files that this process is just receiving: each has rows in memory, and wants a connection for them. */
  readonly slots: Slots;
  /** Called when there are rows to be carried out. */
  readonly wake: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** One upload of an operation's file. Its rows are written only as long as the operation has its token. */
export interface Upload {
  readonly operatorId: string;
  readonly operationId: string;
  readonly kind: BulkKind;
  readonly token: string;
}

/** An upload of which nothing was heard for so long has died. Every stored portion, and every half a minute, is a sign. */
const PATIENCE_MS = 180_000;

export function silentUntil(realNow: Date): Date {
  return later(realNow, PATIENCE_MS);
}

/** The operation was cancelled, or its file is being put once more: what arrives here is of no use. */
export class UploadSuperseded extends Error {
  override readonly name = 'UploadSuperseded';
}

/** How soon it is worth to try again, where too many files are being received. */
export const RETRY_AFTER_SECONDS = 10;
export const TOO_MANY = 'Too many files are being received at this moment. Try again in a few seconds.';

const FAULTS_MAX = 100;

/** What is wrong with a file as it is kept and told: no card number, and no more than anybody reads. */
export function faultsOf(error: CsvRefused): readonly FileFault[] {
  return masked(error.faults.slice(0, FAULTS_MAX).map((fault) => ({ ...fault })));
}

function placeOf(line: number, column: string | null): readonly string[] {
  return [`line ${line}`, ...(column === null ? [] : [column])];
}

/** What became of an upload that failed, as a refusal; anything else is thrown on as it is. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof CsvRefused) {
    const faults = faultsOf(error);
    const issues = faults.map(({ line, column, message }) => ({ path: ['file', ...placeOf(line, column)], message }));
    // Sentences, not an input's fields: read by whoever made the file.
    const told = faults.map(({ line, column, message }) => `${placeOf(line, column).join(', ')}: ${message}`);
    return new DomainError('INVALID_INPUT', told.join(' '), issues);
  }
  if (error instanceof UploadCut) {
    const issue = { path: ['file'], message: error.message };
    return new DomainError('INVALID_INPUT', `file: ${error.message}`, [issue], error.reason === 'CUT_OFF');
  }
  if (error instanceof FilesBusy) {
    return new ApiError('RATE_LIMITED', TOO_MANY, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  if (error instanceof UploadSuperseded) {
    return new DomainError('ILLEGAL_TRANSITION', 'the operation was cancelled, or its file put once more, meanwhile');
  }
  return error;
}
