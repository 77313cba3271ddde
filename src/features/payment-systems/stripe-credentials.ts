import type Stripe from 'stripe';
import type { CardDetails } from './gateway-requests.js';
import { type Answer, CARD_DATA_REFUSED, type CredentialSnapshot, type MandateSnapshot } from './payment-gateway.js';
import { answered, type OnUnexpected } from './stripe-answers.js';
import { attachedCredential, mandateSnapshot } from './stripe-credential-snapshots.js';
import { cardParameters } from './stripe-requests.js';

/** What Stripe calls a refusal that has no code of its own. */
const WITHOUT_CODE = 'invalid_request_error';

/** The part of the gateway that deals with means of payment themselves. */
export class StripeCredentials {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
  ) {}

  /** The only refusal of card data that Stripe gives no code is the one of an account that may not send any. */
  async tokenize(card: CardDetails, key: string): Promise<Answer<{ readonly token: string }>> {
    const call = () => this.stripe.paymentMethods.create(cardParameters(card), { idempotencyKey: key });
    const answer = withoutDigits(await answered({ call, read: ({ id }) => ({ token: id }) }, this.onUnexpected));
    if (answer.kind !== 'refused' || answer.refusal.code !== WITHOUT_CODE) return answer;
    return { ...answer, refusal: { ...answer.refusal, code: CARD_DATA_REFUSED } };
  }

  async retrieve(externalId: string): Promise<Answer<CredentialSnapshot | null>> {
    const call = () => this.stripe.paymentMethods.retrieve(externalId);
    const answer = await answered({ call, read: attachedCredential }, this.onUnexpected);
    const isGone = answer.kind === 'refused' && answer.refusal.code === 'resource_missing';
    return isGone ? { kind: 'done', value: null } : answer;
  }

  /** Stripe refuses to detach what no customer has, and has no code for it, so the payment method itself is asked. */
  async detach(externalId: string, key: string): Promise<Answer<null>> {
    const call = () => this.stripe.paymentMethods.detach(externalId, {}, { idempotencyKey: key });
    const answer = await answered({ call, read: () => null }, this.onUnexpected);
    if (answer.kind !== 'refused' || answer.refusal.keysRejected) return answer;
    const now = await this.retrieve(externalId);
    return now.kind === 'done' && now.value === null ? { kind: 'done', value: null } : answer;
  }

  retrieveMandate(externalId: string): Promise<Answer<MandateSnapshot>> {
    const call = () => this.stripe.mandates.retrieve(externalId);
    return answered({ call, read: mandateSnapshot }, this.onUnexpected);
  }
}

/** A message about card data may repeat some of it, and a number with a slip in it passes for no card's: all digits go. */
function withoutDigits<Value>(answer: Answer<Value>): Answer<Value> {
  const clean = (text: string) => text.replaceAll(/\d+/g, '…');
  switch (answer.kind) {
    case 'done':
      return answer;
    case 'declined':
      return { ...answer, decline: { ...answer.decline, message: clean(answer.decline.message) } };
    case 'refused':
      return { ...answer, refusal: { ...answer.refusal, message: clean(answer.refusal.message) } };
    default:
      return { ...answer, message: clean(answer.message) };
  }
}
