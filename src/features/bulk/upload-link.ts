import { publicId, uuidOf } from '../../kernel/ids.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { SignedLinks } from '../../platform/secrets/signed-links.js';
import type { BulkOperationRow } from './bulk-rows.js';

/** Where a file may be put: whose operation it is for. */
export interface UploadTarget {
  readonly operatorId: string;
  readonly operationId: string;
}

/** Addresses to which files are put. */
export class UploadLinks {
  readonly #links: SignedLinks;

  /** The address is without a slash at its end. */
  constructor(
    keys: MasterKeys,
    private readonly publicUrl: string,
  ) {
    this.#links = new SignedLinks(keys, 'sign upload addresses');
  }

  /** The address of an operation that may still be given its file; null for any other. */
  urlOf(operatorId: string, { id, status, uploadUrlUntil }: BulkOperationRow): string | null {
    const isOpen = status === 'AWAITING_FILE' || status === 'RECEIVING';
    if (!isOpen || uploadUrlUntil === null) return null;
    const fields = [publicId('bulkOperation', id), publicId('operator', operatorId)];
    return `${this.publicUrl}/bulk-files/${this.#links.sign(fields, uploadUrlUntil)}`;
  }

  /** What an address's token is for; null for one that was not made here, or whose time is over. */
  read(token: string, now: Date): UploadTarget | null {
    const [operation = '', operator = ''] = this.#links.read(token, now) ?? [];
    const operationId = uuidOf('bulkOperation', operation);
    const operatorId = uuidOf('operator', operator);
    return operationId && operatorId ? { operatorId, operationId } : null;
  }
}
