import type { OurReference } from './payment-gateway.js';

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
} as const;

type Metadata = Readonly<Record<string, string>> | null | undefined;

export function referenceMetadata(reference: OurReference): Record<string, string> {
  return {
    [METADATA.operator]: reference.operatorId,
    [METADATA.merchant]: reference.merchantId,
    [METADATA.order]: reference.orderId,
    [METADATA.transaction]: reference.transactionId,
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
