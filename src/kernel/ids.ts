import { base32OfUuid, uuidOfBase32 } from './base32.js';

export { newUuid } from './uuid.js';

/** The prefix of each kind of object's public id; `node(id)` finds the kind by it. */
export const ID_PREFIXES = {
  operator: 'op',
  merchant: 'mer',
  apiKey: 'key',
  paymentSystemAccount: 'psa',
  payer: 'payer',
  storedCredential: 'cred',
  order: 'ord',
  operation: 'opn',
  transaction: 'txn',
  dispute: 'dsp',
} as const;

/** Longer than any of ours; a longer text is not looked at. */
const PUBLIC_ID_MAX = 64;

export type IdKind = keyof typeof ID_PREFIXES;

const KINDS_BY_PREFIX: ReadonlyMap<string, IdKind> = new Map(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [prefix, kind as IdKind]),
);

/** The id as clients see it: `ord_01j…`, a TypeID of the UUID that the database keeps. */
export function publicId(kind: IdKind, uuid: string): string {
  return `${ID_PREFIXES[kind]}_${base32OfUuid(uuid)}`;
}

/** The kind and UUID behind a public id, or null when the text is not one of ours. */
export function parsePublicId(id: string): { readonly kind: IdKind; readonly uuid: string } | null {
  if (id.length > PUBLIC_ID_MAX) return null;
  const underscore = id.lastIndexOf('_');
  const kind = KINDS_BY_PREFIX.get(id.slice(0, underscore));
  const uuid = kind ? uuidOfBase32(id.slice(underscore + 1)) : null;
  return kind && uuid ? { kind, uuid } : null;
}

/** The UUID behind a public id of that kind, or null: a broken id is an id of nothing. */
export function uuidOf(kind: IdKind, id: string): string | null {
  const parsed = parsePublicId(id);
  return parsed?.kind === kind ? parsed.uuid : null;
}
