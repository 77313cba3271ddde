import { createHmac, timingSafeEqual } from 'node:crypto';
import { publicId, uuidOf } from '../../kernel/ids.js';
import { deriveKey } from '../../platform/secrets/derived.js';
import type { MasterKey, MasterKeys } from '../../platform/secrets/master-keys.js';
import type { BulkOperationRow } from './bulk-rows.js';

const KEY_BYTES = 32;
const TOKEN = /^((blk_[0-9a-z]{26})\.(op_[0-9a-z]{26})\.(\d{13}))\.([A-Za-z0-9_-]{43})$/;

/** Where a file may be put: whose operation it is for. */
export interface UploadTarget {
  readonly operatorId: string;
  readonly operationId: string;
}

/** Addresses to which files are put. One proves itself that it was made here, and until when it is good; nothing is kept of it. */
export class UploadLinks {
  /** The address is without a slash at its end. */
  constructor(
    private readonly keys: MasterKeys,
    private readonly publicUrl: string,
  ) {}

  /** The address of an operation that may still be given its file; null for any other. */
  urlOf(operatorId: string, { id, status, uploadUrlUntil }: BulkOperationRow): string | null {
    const isOpen = status === 'AWAITING_FILE' || status === 'RECEIVING';
    if (!isOpen || uploadUrlUntil === null) return null;
    const names = [publicId('bulkOperation', id), publicId('operator', operatorId), uploadUrlUntil.getTime()].join('.');
    return `${this.publicUrl}/bulk-files/${names}.${proofOf(this.keys.current, names).toString('base64url')}`;
  }

  /** What an address's token is for; null for one that was not made here, or whose time is over. */
  read(token: string, now: Date): UploadTarget | null {
    const [, names = '', operation = '', operator = '', until = '', text = ''] = TOKEN.exec(token) ?? [];
    const proof = Buffer.from(text, 'base64url');
    const isOurs = text !== '' && this.keys.all.some((key) => timingSafeEqual(proofOf(key, names), proof));
    const operationId = uuidOf('bulkOperation', operation);
    const operatorId = uuidOf('operator', operator);
    if (!isOurs || !operationId || !operatorId || Number(until) <= now.getTime()) return null;
    return { operatorId, operationId };
  }
}

function proofOf({ key }: MasterKey, names: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'sign upload addresses', KEY_BYTES))
    .update(names)
    .digest();
}
