import type Stripe from 'stripe';
import type { CredentialSnapshot, VerificationSnapshot, VerificationState } from './payment-gateway.js';
import { declineOf } from './stripe-answers.js';
import { credentialSnapshot } from './stripe-credential-snapshots.js';
import { expanded, idOf } from './stripe-objects.js';
import { referenceIn } from './stripe-references.js';
import { nextActionOf } from './stripe-snapshots.js';

/** What a verification's snapshot is read from; asked for with every call that answers with one. */
export const VERIFICATION_EXPANSIONS = ['payment_method'];

export function verificationSnapshot(intent: Stripe.SetupIntent): VerificationSnapshot {
  const state = stateOf(intent);
  return {
    externalId: intent.id,
    state,
    canceledBecause: state === 'CANCELED' ? 'REQUESTED' : null,
    nextAction: nextActionOf(intent, state),
    failure: intent.last_setup_error ? declineOf(intent.last_setup_error) : null,
    credential: credentialOf(intent),
    externalCustomerId: idOf(intent.customer),
    reference: referenceIn(intent.metadata),
  };
}

const STATES: Readonly<Record<string, VerificationState>> = {
  requires_confirmation: 'PREPARED',
  requires_action: 'NEEDS_ACTION',
  processing: 'PROCESSING',
  succeeded: 'VERIFIED',
  canceled: 'CANCELED',
};

function stateOf({ status, last_setup_error }: Stripe.SetupIntent): VerificationState {
  if (status === 'requires_payment_method') return last_setup_error ? 'FAILED' : 'PREPARED';
  const state = STATES[status];
  if (state === undefined) throw new Error(`a verification has the unknown status ${status}`);
  return state;
}

/** No network says with a check whether it used a token of the scheme's; the first payment will. */
function credentialOf(intent: Stripe.SetupIntent): CredentialSnapshot | null {
  const method = expanded(intent.payment_method) ?? intent.last_setup_error?.payment_method;
  if (!method) return null;
  return credentialSnapshot(method, { schemeToken: false, mandateExternalId: idOf(intent.mandate) });
}
