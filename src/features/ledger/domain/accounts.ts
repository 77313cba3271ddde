/** Per merchant, mode and currency: what the operator owes it. */
export const MERCHANT_ACCOUNTS = ['AVAILABLE', 'PENDING', 'FEES'] as const;
export type MerchantAccount = (typeof MERCHANT_ACCOUNTS)[number];

/** Per payment system account and currency: what the operator has there, and where it came from or went. */
export const SYSTEM_ACCOUNTS = ['CLEARING', 'EXCHANGE', 'PAYOUTS', 'OTHER'] as const;

/** `SETTLEMENTS` is the operator's own: what it passed on to merchants comes from no payment system account. */
export const OPERATOR_ACCOUNTS = [...SYSTEM_ACCOUNTS, 'SETTLEMENTS'] as const;
export type OperatorAccount = (typeof OPERATOR_ACCOUNTS)[number];

export const ACCOUNTS = [...MERCHANT_ACCOUNTS, ...OPERATOR_ACCOUNTS] as const;
export type Account = (typeof ACCOUNTS)[number];

export const POSTING_KINDS = [
  'OPENING',
  'CAPTURE',
  'REFUND',
  'REFUND_FAILED',
  'FEE',
  'EXCHANGE',
  'AVAILABILITY',
  'DISPUTE',
  'DISPUTE_REVERSAL',
  'PAYOUT',
  'PAYOUT_FAILURE',
  'SETTLEMENT',
  'OTHER',
] as const;
export type PostingKind = (typeof POSTING_KINDS)[number];
