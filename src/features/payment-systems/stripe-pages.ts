import type Stripe from 'stripe';
import type { NewPaymentPage, PaymentSearch } from './gateway-requests.js';
import type { Answer, PageSnapshot } from './payment-gateway.js';
import { answered, type OnUnexpected, refusalOfUnit } from './stripe-answers.js';
import { pageOf } from './stripe-lists.js';
import { pageParameters } from './stripe-page-requests.js';
import { PAGE_EXPANSIONS, pageSnapshot } from './stripe-page-snapshots.js';

/** The part of the gateway that has payers pay on Stripe's own pages. */
export class StripePages {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
  ) {}

  async open(request: NewPaymentPage, key: string): Promise<Answer<PageSnapshot>> {
    const refusal = refusalOfUnit(request.amount);
    if (refusal) return refusal;
    const parameters = pageParameters(request);
    return this.page(() => this.stripe.checkout.sessions.create(parameters, { idempotencyKey: key }));
  }

  retrieve(externalId: string): Promise<Answer<PageSnapshot>> {
    return this.page(() => this.stripe.checkout.sessions.retrieve(externalId, { expand: PAGE_EXPANSIONS }));
  }

  async find(search: PaymentSearch): Promise<Answer<PageSnapshot | null>> {
    const call = async () => ({ found: await pageOf(this.stripe, search) });
    const answer = await answered({ call, read: ({ found }) => found }, this.onUnexpected);
    if (answer.kind !== 'done' || answer.value === null) return answer as Answer<null>;
    return this.retrieve(answer.value.id);
  }

  /** Stripe has no code for "not open any more", so after any refusal the page itself tells. */
  async close(externalId: string, key: string): Promise<Answer<PageSnapshot>> {
    const parameters = { expand: PAGE_EXPANSIONS };
    const answer = await this.page(() =>
      this.stripe.checkout.sessions.expire(externalId, parameters, { idempotencyKey: key }),
    );
    if (answer.kind !== 'refused' || answer.refusal.keysRejected) return answer;
    const now = await this.retrieve(externalId);
    return now.kind === 'done' && now.value.state === 'OPEN' ? answer : now;
  }

  private page(call: () => Promise<Stripe.Checkout.Session>): Promise<Answer<PageSnapshot>> {
    return answered({ call, read: pageSnapshot }, this.onUnexpected);
  }
}
