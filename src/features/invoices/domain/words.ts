/** The words that the tables know; `invoice-status.ts` says how one status follows another. */
export const INVOICE_STATUSES = ['DRAFT', 'OPEN', 'PAID', 'PAST_DUE', 'VOID', 'UNCOLLECTIBLE'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** What is numbered without gaps, each in a series of its own per merchant and mode. */
export const SERIES = ['INVOICE', 'CREDIT_NOTE'] as const;
export type Series = (typeof SERIES)[number];

/** What becomes of the money that a credit note gives back. `AMOUNT_DUE`: nothing was paid yet, so less is owed. */
export const CREDIT_SETTLEMENTS = ['AMOUNT_DUE', 'REFUND', 'BALANCE'] as const;
export type CreditSettlement = (typeof CREDIT_SETTLEMENTS)[number];

/** Where the money of a credit note is. */
export const CREDIT_NOTE_STATUSES = ['PENDING', 'SETTLED', 'FAILED'] as const;
export type CreditNoteStatus = (typeof CREDIT_NOTE_STATUSES)[number];

/** Why an invoice is not charged by itself any more, and waits for its payer. */
export const CHARGE_STOPS = [
  'NO_AGREEMENT',
  'REFUSED_BY_TERMS',
  'HARD_DECLINE',
  'RETRIES_EXHAUSTED',
  'SCHEME_LIMIT',
  'CREDENTIAL_UNUSABLE',
  'CANCELED',
  'RETURNED',
  'AMOUNT_NOT_ACCEPTED',
] as const;
export type ChargeStop = (typeof CHARGE_STOPS)[number];
