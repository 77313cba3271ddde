import type Stripe from 'stripe';
import type { ConfirmPayment, NewVerification, PaymentSearch } from './gateway-requests.js';
import type { Answer, VerificationSnapshot } from './payment-gateway.js';
import { answered, type OnUnexpected, unlessDone } from './stripe-answers.js';
import { verificationOf } from './stripe-lists.js';
import { verificationConfirmation, verificationParameters } from './stripe-requests.js';
import { VERIFICATION_EXPANSIONS, verificationSnapshot } from './stripe-verification-snapshots.js';

/** The part of the gateway that checks a means of payment and takes no money. */
export class StripeVerifications {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
  ) {}

  prepare(request: NewVerification, key: string): Promise<Answer<VerificationSnapshot>> {
    const parameters = verificationParameters(request);
    return this.verification(() => this.stripe.setupIntents.create(parameters, { idempotencyKey: key }));
  }

  confirm(request: ConfirmPayment, key: string): Promise<Answer<VerificationSnapshot>> {
    const parameters = verificationConfirmation(request);
    return this.verification(() =>
      this.stripe.setupIntents.confirm(request.externalId, parameters, { idempotencyKey: key }),
    );
  }

  retrieve(externalId: string): Promise<Answer<VerificationSnapshot>> {
    return this.verification(() => this.stripe.setupIntents.retrieve(externalId, { expand: VERIFICATION_EXPANSIONS }));
  }

  async find(search: PaymentSearch): Promise<Answer<VerificationSnapshot | null>> {
    const call = async () => ({ found: await verificationOf(this.stripe, search) });
    const answer = await answered({ call, read: ({ found }) => found }, this.onUnexpected);
    if (answer.kind !== 'done' || answer.value === null) return answer as Answer<null>;
    return this.retrieve(answer.value.id);
  }

  async close(externalId: string, key: string): Promise<Answer<VerificationSnapshot>> {
    const parameters = { cancellation_reason: 'abandoned' as const, expand: VERIFICATION_EXPANSIONS };
    const answer = await this.verification(() =>
      this.stripe.setupIntents.cancel(externalId, parameters, { idempotencyKey: key }),
    );
    return unlessDone(
      answer,
      () => this.retrieve(externalId),
      ({ state }) => state === 'CANCELED',
    );
  }

  private verification(call: () => Promise<Stripe.SetupIntent>): Promise<Answer<VerificationSnapshot>> {
    return answered(
      {
        call,
        read: verificationSnapshot,
        readDeclined: ({ setup_intent }) => (setup_intent ? verificationSnapshot(setup_intent) : null),
      },
      this.onUnexpected,
    );
  }
}
