/** What a payer has agreed to be charged for later, as the card schemes tell agreements apart. */
export const AGREEMENT_TYPES = ['RECURRING', 'INSTALLMENT', 'UNSCHEDULED', 'OTHER'] as const;

export type AgreementType = (typeof AGREEMENT_TYPES)[number];
