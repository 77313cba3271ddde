import { ApiError } from '../graphql/errors.js';
import type { UploadedFile } from './upload.js';

type JsonRecord = Record<string, unknown>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface NamedFile {
  /** Of the part that it is. */
  readonly name: string;
  readonly file: UploadedFile;
}

/** The operations with the file in the one variable that `map` names. Throws ApiError BAD_REQUEST. */
export function fileInPlace(operations: unknown, map: unknown, { name, file }: NamedFile): JsonRecord {
  if (Array.isArray(operations)) refuse('`operations` must be one operation: batches are not accepted.');
  if (!isRecord(operations)) refuse('`operations` must be an object with `query` or a hash, and `variables`.');
  const [entry, ...others] = isRecord(map) ? Object.entries(map) : [];
  if (!entry || others.length > 0)
    refuse('`map` must have one entry: the name of the part, and where the file belongs.');
  const [part, paths] = entry;
  const [path, ...more] = Array.isArray(paths) ? paths : [];
  if (typeof path !== 'string' || more.length > 0)
    refuse('`map`: a file belongs in one place, such as ["variables.file"].');
  if (part !== name) refuse('`map` must name the part that the file is.');
  put(operations, path, file);
  return operations;
}

function put(operations: JsonRecord, path: string, file: UploadedFile): void {
  const [root, ...keys] = path.split('.');
  const last = keys.pop();
  if (root !== 'variables' || last === undefined) {
    refuse('`map`: a file belongs in a variable: the path begins with "variables.".');
  }
  let place: unknown = operations.variables;
  for (const key of keys) place = ownOf(place, key);
  if (ownOf(place, last) !== null) refuse('`map`: its path must lead to a variable, or a part of one, that is null.');
  (place as JsonRecord)[last] = file;
}

/** Undefined where there is nothing, also for what every object inherits. */
function ownOf(place: unknown, key: string): unknown {
  return typeof place === 'object' && place !== null && Object.hasOwn(place, key)
    ? (place as JsonRecord)[key]
    : undefined;
}

function refuse(message: string): never {
  throw new ApiError('BAD_REQUEST', message);
}
