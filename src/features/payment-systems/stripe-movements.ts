import type Stripe from 'stripe';
import type { Answer } from './payment-gateway.js';
import type {
  BalanceMovement,
  MovementPage,
  MovementSearch,
  PayoutSnapshot,
  UnreadableMovement,
} from './payment-system.js';
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
      { call, read: ({ items, next }) => ({ ...this.#read(items), newest: items.at(-1)?.id ?? null, next }) },
      this.onUnexpected,
    );
  }

  /** One by one: what cannot be read must not keep the others from being known. */
  #read(items: readonly Stripe.BalanceTransaction[]): Pick<MovementPage, 'movements' | 'unreadable'> {
    const movements: BalanceMovement[] = [];
    const unreadable: UnreadableMovement[] = [];
    for (const item of items) {
      try {
        movements.push(balanceMovement(item));
      } catch (error) {
        this.onUnexpected(error);
        unreadable.push({ externalId: item.id, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return { movements, unreadable };
  }

  retrievePayout(externalId: string): Promise<Answer<PayoutSnapshot>> {
    return answered({ call: () => this.stripe.payouts.retrieve(externalId), read: payoutSnapshot }, this.onUnexpected);
  }
}
