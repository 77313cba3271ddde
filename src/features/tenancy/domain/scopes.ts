/** What a key may do, apart from whose it is. A key without scopes named gets all that its kind may have. */
export const SCOPES = [
  'operators:read',
  'operators:write',
  'merchants:read',
  'merchants:write',
  'keys:write',
  'signing-secrets:write',
  'payment-systems:read',
  'payment-systems:write',
  'settlements:write',
  'payers:read',
  'orders:read',
  'orders:write',
  'agreements:read',
  'agreements:write',
  'invoices:read',
  'invoices:write',
  'notifications:read',
  'notifications:write',
  'test-clock:write',
] as const;

export type Scope = (typeof SCOPES)[number];

export const KEY_KINDS = ['PLATFORM', 'OPERATOR', 'MERCHANT'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export const MODES = ['TEST', 'LIVE'] as const;
export type Mode = (typeof MODES)[number];

/** The most that a key of each kind may do. A platform key makes operators and their first keys; it sees no money. */
export const SCOPES_BY_KIND: Readonly<Record<KeyKind, readonly Scope[]>> = {
  PLATFORM: ['operators:read', 'operators:write', 'keys:write', 'test-clock:write'],
  OPERATOR: [
    'operators:read',
    'merchants:read',
    'merchants:write',
    'keys:write',
    'signing-secrets:write',
    'payment-systems:read',
    'payment-systems:write',
    'settlements:write',
    'payers:read',
    'orders:read',
    'orders:write',
    'agreements:read',
    'agreements:write',
    'invoices:read',
    'invoices:write',
    'notifications:read',
    'notifications:write',
    'test-clock:write',
  ],
  MERCHANT: [
    'merchants:read',
    'signing-secrets:write',
    'payers:read',
    'orders:read',
    'orders:write',
    'agreements:read',
    'agreements:write',
    'invoices:read',
    'invoices:write',
    'notifications:read',
    'notifications:write',
  ],
};
