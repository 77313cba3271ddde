/** What a payer has agreed to be charged for later, as the card schemes tell agreements apart. */
export const AGREEMENT_TYPES = ['RECURRING', 'INSTALLMENT', 'UNSCHEDULED', 'OTHER'] as const;

export type AgreementType = (typeof AGREEMENT_TYPES)[number];

/** Whether the payer agreed to charges of one amount, or of amounts that differ. */
export const AMOUNT_VARIABILITIES = ['FIXED', 'VARIABLE'] as const;
export type AmountVariability = (typeof AMOUNT_VARIABILITIES)[number];

/** How often the payer was told they would be charged; a description, not a schedule. */
export const PAYMENT_FREQUENCIES = [
  'AD_HOC',
  'DAILY',
  'WEEKLY',
  'FORTNIGHTLY',
  'MONTHLY',
  'QUARTERLY',
  'TWICE_YEARLY',
  'YEARLY',
  'OTHER',
] as const;
export type PaymentFrequency = (typeof PAYMENT_FREQUENCIES)[number];
