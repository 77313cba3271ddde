import { TypeID, typeid } from 'typeid-js';

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
  agreement: 'agr',
  agreementCharge: 'chg',
  agreementChange: 'agc',
  invoice: 'inv',
  invoiceItem: 'ini',
  creditNote: 'crn',
  bulkOperation: 'blk',
  settlement: 'stl',
  payout: 'pyt',
  ledgerPosting: 'pst',
  notification: 'ntf',
  notificationEndpoint: 'nte',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

const KINDS_BY_PREFIX: ReadonlyMap<string, IdKind> = new Map(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [prefix, kind as IdKind]),
);

/** A new UUIDv7: made in time order, so that indexes grow at one end. */
export function newUuid(): string {
  return typeid('id').toUUID();
}

/** When an id of ours was made: its first 48 bits are the milliseconds since 1970. */
export function madeAt(uuid: string): Date {
  return new Date(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16));
}

/** The id as clients see it: `ord_01j…`, a TypeID of the UUID that the database keeps. */
export function publicId(kind: IdKind, uuid: string): string {
  return TypeID.fromUUID(ID_PREFIXES[kind], uuid).toString();
}

/** The kind and UUID behind a public id, or null when the text is not one of ours. */
export function parsePublicId(id: string): { readonly kind: IdKind; readonly uuid: string } | null {
  const kind = KINDS_BY_PREFIX.get(id.slice(0, id.lastIndexOf('_')));
  if (!kind || id.length > 64) return null;
  try {
    return { kind, uuid: TypeID.fromString(id).toUUID() };
  } catch {
    return null;
  }
}

/** The UUID behind a public id of that kind, or null: a broken id is an id of nothing. */
export function uuidOf(kind: IdKind, id: string): string | null {
  const parsed = parsePublicId(id);
  return parsed?.kind === kind ? parsed.uuid : null;
}
