import { invalidInput } from '../../kernel/errors.js';

/** A place in the log. Transactions come first: a sequence number is taken before its transaction commits. */
export interface LogPosition {
  readonly transactionId: bigint;
  readonly sequence: bigint;
}

const VERSION = '1';
const CONTENT = /^1\.(\d{1,20})\.(\d{1,19})$/;
const LENGTH_MAX = 64;
const BIGINT_MAX = 2n ** 63n - 1n;
const XID8_MAX = 2n ** 64n - 1n;

/** The position as clients keep it: opaque to them, and of a version, so that a later order of the log can tell. */
export function cursorOf({ transactionId, sequence }: LogPosition): string {
  return Buffer.from(`${VERSION}.${transactionId}.${sequence}`).toString('base64url');
}

/** The position behind a cursor; INVALID_INPUT for anything that is not one of ours. */
export function positionOf(cursor: string): LogPosition {
  const [, transaction, sequence] = CONTENT.exec(decoded(cursor)) ?? [];
  if (transaction !== undefined && sequence !== undefined) {
    const position = { transactionId: BigInt(transaction), sequence: BigInt(sequence) };
    if (position.transactionId <= XID8_MAX && position.sequence <= BIGINT_MAX) return position;
  }
  throw invalidInput([{ path: ['after'], message: 'not a cursor of this feed; pass one exactly as an event gave it' }]);
}

/** Negative when `a` lies before `b`. */
export function comparePositions(a: LogPosition, b: LogPosition): number {
  const difference = a.transactionId === b.transactionId ? a.sequence - b.sequence : a.transactionId - b.transactionId;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Node's decoder skips what is not base64url, so only what encodes back to itself was ours. */
function decoded(cursor: string): string {
  if (cursor.length > LENGTH_MAX) return '';
  const bytes = Buffer.from(cursor, 'base64url');
  return bytes.toString('base64url') === cursor ? bytes.toString('latin1') : '';
}
