import type Stripe from 'stripe';
import type { CredentialSnapshot, MandateSnapshot } from './payment-gateway.js';
import { idOf } from './stripe-objects.js';

/** What is not told by the payment method itself, but by the payment or the check that used it. */
export interface SeenInUse {
  readonly schemeToken: boolean;
  readonly mandateExternalId: string | null;
}

const NOT_IN_USE: SeenInUse = { schemeToken: false, mandateExternalId: null };

/** A card may carry a mandate, too (some countries' rules for cards), which is nothing that a payer of ours gave. */
export function credentialSnapshot(method: Stripe.PaymentMethod, seen: SeenInUse = NOT_IN_USE): CredentialSnapshot {
  const account = method.sepa_debit ?? method.us_bank_account;
  return {
    externalId: method.id,
    externalCustomerId: idOf(method.customer),
    type: account ? 'BANK_ACCOUNT' : seen.schemeToken ? 'SCHEME_TOKEN' : 'CARD',
    brand: method.card?.brand ?? (method.sepa_debit?.bank_code || null),
    lastFour: method.card?.last4 ?? account?.last4 ?? null,
    expiryMonth: method.card?.exp_month ?? null,
    expiryYear: method.card?.exp_year ?? null,
    mandateExternalId: account ? seen.mandateExternalId : null,
  };
}

/** Null for a payment method that no customer has: it can be charged never again. */
export function attachedCredential(method: Stripe.PaymentMethod): CredentialSnapshot | null {
  return method.customer === null ? null : credentialSnapshot(method);
}

const MANDATE_STATUSES: Readonly<Record<string, MandateSnapshot['status']>> = {
  active: 'ACTIVE',
  pending: 'PENDING',
  inactive: 'INACTIVE',
};

export function mandateSnapshot(mandate: Stripe.Mandate): MandateSnapshot {
  const status = MANDATE_STATUSES[mandate.status];
  const credentialExternalId = idOf(mandate.payment_method);
  if (status === undefined) throw new Error(`a mandate has the unknown status ${mandate.status}`);
  if (credentialExternalId === null) throw new Error(`the mandate ${mandate.id} came without its payment method`);
  const { sepa_debit } = mandate.payment_method_details;
  return {
    externalId: mandate.id,
    credentialExternalId,
    status,
    reference: sepa_debit?.reference || null,
    url: sepa_debit?.url || null,
  };
}
