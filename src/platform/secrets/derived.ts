import { hkdfSync, type KeyObject } from 'node:crypto';

/**
 * A key of its own for each purpose, so that one leaking says nothing of the
 * others or of the master key. The same purpose gives the same bytes in every
 * process and for ever: a purpose's text is never changed.
 */
export function deriveKey(masterKey: KeyObject, purpose: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', `quittance/${purpose}`, length));
}
