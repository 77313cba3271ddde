import type Stripe from 'stripe';
import type { Answer } from './payment-gateway.js';
import type { MovementPage, MovementSearch, PayoutSnapshot } from './payment-system.js';
import { answered, type OnUnexpected } from './stripe-answers.js';
import { balanceMovement, payoutSnapshot } from './stripe-movement-snapshots.js';
import { beginningAt, stretchOf } from './stripe-walk.js';

/** The account's own accounting at Stripe. */
export class StripeMovements {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
    private readonly pageMax: number,
  ) {}

  /** Stripe keeps them for ever, so a place is never forgotten. */
  list({ place, since, payoutExternalId }: MovementSearch): Promise<Answer<MovementPage>> {
    const parameters: Stripe.BalanceTransactionListParams = {
      limit: 100,
      expand: ['data.source'],
      ...beginningAt(place, since),
      ...(payoutExternalId && { payout: payoutExternalId }),
    };
    const call = () => stretchOf(this.stripe.balanceTransactions.list(parameters), place, this.pageMax);
    return answered(
      { call, read: ({ items, next }) => ({ movements: items.map(balanceMovement), next }) },
      this.onUnexpected,
    );
  }

  retrievePayout(externalId: string): Promise<Answer<PayoutSnapshot>> {
    return answered({ call: () => this.stripe.payouts.retrieve(externalId), read: payoutSnapshot }, this.onUnexpected);
  }
}
