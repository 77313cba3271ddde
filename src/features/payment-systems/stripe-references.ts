import type { Initiation, OurReference } from './gateway-requests.js';

/** How our ids are called in Stripe's metadata. Written on payments out there, so the names never change. */
export const METADATA = {
  operator: 'quittance_operator',
  merchant: 'quittance_merchant',
  order: 'quittance_order',
  transaction: 'quittance_transaction',
  payer: 'quittance_payer',
  account: 'quittance_account',
  /** A capture's metadata is merged into its payment's, so it may not use the payment's name. */
  capture: 'quittance_capture',
  source: 'quittance_source',
  agreement: 'quittance_agreement',
  agreementType: 'quittance_agreement_type',
  resubmission: 'quittance_resubmission',
} as const;

interface Described {
  readonly reference: OurReference;
  readonly initiation: Initiation;
}

type Metadata = Readonly<Record<string, string>> | null | undefined;

/** What a payment or a verification carries: whose it is, and how it came about. */
export function metadataOf({ reference, initiation }: Described): Record<string, string> {
  const { source, agreement, resubmission } = initiation;
  return {
    [METADATA.operator]: reference.operatorId,
    [METADATA.merchant]: reference.merchantId,
    [METADATA.order]: reference.orderId,
    [METADATA.transaction]: reference.transactionId,
    [METADATA.source]: source,
    ...(agreement && { [METADATA.agreement]: agreement.id, [METADATA.agreementType]: agreement.type }),
    // Stripe knows no parameter for it.
    ...(resubmission && { [METADATA.resubmission]: 'true' }),
  };
}

/** Our ids as a payment carries them, or null when it is not one of ours. */
export function referenceIn(metadata: Metadata): OurReference | null {
  const operatorId = metadata?.[METADATA.operator];
  const merchantId = metadata?.[METADATA.merchant];
  const orderId = metadata?.[METADATA.order];
  const transactionId = metadata?.[METADATA.transaction];
  if (!operatorId || !merchantId || !orderId || !transactionId) return null;
  return { operatorId, merchantId, orderId, transactionId };
}
