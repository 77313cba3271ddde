/** How the payer's consent reached the merchant. All but `MERCHANT` are cardholder-initiated (CIT). */
export const TRANSACTION_SOURCES = [
  'INTERNET',
  'MOTO',
  'MAIL_ORDER',
  'TELEPHONE_ORDER',
  'VOICE_RESPONSE',
  'CALL_CENTER',
  'CARD_PRESENT',
  'PAYER_PRESENT',
  'MERCHANT',
] as const;

export type TransactionSource = (typeof TRANSACTION_SOURCES)[number];
