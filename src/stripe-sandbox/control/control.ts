import type Stripe from 'stripe';
import { type DeclineOrder, orderDecline } from '../cards/ordered-decline.js';
import { applyDueEffects } from '../core/due-effects.js';
import { newId, randomText } from '../core/ids.js';
import { amend, find, put } from '../core/shelf.js';
import { type Account, type AccountFeatures, bookOf, type KeyPair } from '../core/state.js';
import type { WebhookFaults } from '../events/courier.js';
import { emit, previousAttributes } from '../events/emit.js';
import type { FaultOrder } from '../http/faults.js';
import type { RequestFilter, RequestRecord } from '../http/request-log.js';
import { answerChallenge, findIntent } from '../pages/authentication.js';
import { expireCheckout } from '../payments/checkout-expiry.js';
import { settleDebit } from '../payments/debit.js';
import { decideDispute, openDispute } from '../payments/dispute.js';
import { endMandate } from '../payments/mandate.js';
import { type CheckoutOutcome, type CheckoutPayment, payCheckout } from './checkout-control.js';
import { MoneyControl } from './money-control.js';

export interface NewAccount {
  name?: string;
  /** ISO 3166-1 alpha-2; US if not given. */
  country?: string;
  /** Which mode the first keys are for; test if not given. */
  livemode?: boolean;
  features?: Partial<AccountFeatures>;
}

export interface AccountKeys {
  accountId: string;
  secretKey: string;
  publishableKey: string;
}

const USUAL_FEATURES: AccountFeatures = {
  raw_card_data: false,
  multicapture: true,
  incremental_authorization: true,
  extended_authorization: true,
  overcapture: true,
  sepa_debit: true,
};

/** What tests and people do to the sandbox that Stripe's API does not offer. */
export class SandboxControl extends MoneyControl {
  createAccount({ name, country = 'US', livemode = false, features }: NewAccount = {}): AccountKeys {
    const { world } = this.parts;
    const id = newId('acct', 16);
    const account: Account = {
      id,
      name: name ?? 'Sandbox Shop',
      country,
      created: world.clock.now(),
      features: { ...USUAL_FEATURES, ...features },
      keys: [],
      test: bookOf({ accountId: id, livemode: false }, world.journal),
      live: bookOf({ accountId: id, livemode: true }, world.journal),
    };
    world.accounts.set(id, account);
    return this.rollKeys(id, { livemode });
  }

  /** A further pair of keys, beside those the account has. */
  rollKeys(accountId: string, { livemode }: { livemode?: boolean } = {}): AccountKeys {
    const account = this.account(accountId);
    const isLive = livemode ?? account.keys[0]?.livemode ?? false;
    const mode = isLive ? 'live' : 'test';
    const stem = accountId.slice('acct_'.length);
    const pair: KeyPair = {
      secretKey: `sk_${mode}_${stem}_${randomText(24)}`,
      publishableKey: `pk_${mode}_${stem}_${randomText(24)}`,
      livemode: isLive,
    };
    this.change(account, { keys: [...account.keys, pair] });
    this.parts.keys.learn(account);
    return { accountId, secretKey: pair.secretKey, publishableKey: pair.publishableKey };
  }

  revokeKey(secretKey: string): void {
    this.parts.keys.revoke(secretKey);
  }

  setFeatures(accountId: string, features: Partial<AccountFeatures>): void {
    const account = this.account(accountId);
    this.change(account, { features: { ...account.features, ...features } });
  }

  accounts(): Array<{ accountId: string; name: string; country: string }> {
    return [...this.parts.world.accounts.values()].map(({ id, name, country }) => ({ accountId: id, name, country }));
  }

  now(): Date {
    return new Date(this.parts.world.clock.nowMs());
  }

  /** Moves the clock on; what falls due on the way happens at its own moment. */
  advanceClock({ seconds }: { seconds: number }): Date {
    if (!(seconds >= 0)) throw new RangeError('The clock only moves forwards.');
    this.parts.world.clock.moveBy(seconds * 1000);
    this.parts.world.journal.note();
    applyDueEffects(this.parts.world, this.parts.courier);
    return this.now();
  }

  addFault(fault: FaultOrder): void {
    this.parts.faults.add(fault);
  }

  clearFaults(): void {
    this.parts.faults.clear();
  }

  setWebhookFaults(faults: WebhookFaults): void {
    this.parts.courier.setFaults(faults);
  }

  /** Waits until every webhook under way has been answered. */
  settleWebhooks(): Promise<void> {
    return this.parts.courier.settle();
  }

  setRateLimit({ perSecond, accountId }: { perSecond: number | null; accountId?: string }): void {
    this.parts.rateLimit.set(perSecond, accountId);
  }

  requests(filter: RequestFilter = {}): RequestRecord[] {
    return this.parts.log.list(filter);
  }

  clearRequests(): void {
    this.parts.log.clear();
  }

  /** The payer's answer to 3-D Secure. `owner` is an account id or a secret key. */
  completeAuthentication(owner: string, intentId: string, outcome: 'succeed' | 'fail'): void {
    const accountId = this.parts.keys.holderOf(owner)?.account.id ?? owner;
    const found = findIntent(this.parts.world, accountId, intentId);
    if (found === null) throw new Error(`Account ${accountId} has no intent ${intentId}.`);
    if (!answerChallenge(found, outcome === 'succeed')) {
      throw new Error(`${intentId} has the status ${found.intent.status} and waits for no authentication.`);
    }
  }

  /** The payer disputes a charge. A debit comes back that way, and for good. */
  createDispute(chargeId: string, reason?: string): Stripe.Dispute {
    const { scope, thing } = this.find(chargeId, (each) => find(each.book.charges, chargeId));
    return openDispute(scope, thing, reason);
  }

  resolveDispute(disputeId: string, outcome: 'won' | 'lost'): Stripe.Dispute {
    const { scope, thing } = this.find(disputeId, (each) => find(each.book.disputes, disputeId));
    return decideDispute(scope, thing, outcome);
  }

  /** How long the account's debits take from now on; null for what each bank account says. */
  setDebitDelay(accountId: string, seconds: number | null): void {
    if (seconds !== null && !(seconds >= 0)) throw new RangeError('A debit cannot take less than no time.');
    this.change(this.account(accountId), { debitDelaySeconds: seconds });
  }

  /** The bank of the payer answers now to a debit that is processing. */
  settleDebit(intentId: string): void {
    const { scope, thing } = this.find(intentId, (each) => find(each.book.paymentIntents, intentId));
    if (thing.status !== 'processing')
      throw new Error(`${intentId} has the status ${thing.status} and no debit under way.`);
    settleDebit(scope, intentId);
  }

  /** The payer takes back what was agreed to. */
  revokeMandate(mandateId: string): Stripe.Mandate {
    const { scope, thing } = this.find(mandateId, (each) => find(each.book.mandates, mandateId));
    return endMandate(scope, thing);
  }

  /** Pays a Checkout Session as a person on its page would, and says what came of it. */
  payCheckout(sessionId: string, payment: CheckoutPayment = {}): CheckoutOutcome {
    return payCheckout(this.parts.world, sessionId, payment);
  }

  /** Ends an open Checkout Session, as its time does. */
  expireCheckout(sessionId: string): Stripe.Checkout.Session {
    const { scope, thing } = this.find(sessionId, (each) => find(each.book.checkoutSessions, sessionId));
    return expireCheckout(scope, thing);
  }

  /** The card network told Stripe of a renewed card: the payment method shows its new date, or its new number. */
  renewCard(
    paymentMethodId: string,
    { expMonth, expYear, last4 }: { expMonth: number; expYear: number; last4?: string },
  ): Stripe.PaymentMethod {
    const { scope, thing } = this.find(paymentMethodId, (each) => find(each.book.paymentMethods, paymentMethodId));
    if (thing.card === undefined) throw new Error(`${paymentMethodId} is not a card.`);
    const after = amend(scope.book.paymentMethods, thing, {
      card: { ...thing.card, exp_month: expMonth, exp_year: expYear, last4: last4 ?? thing.card.last4 },
    });
    emit(scope, 'payment_method.automatically_updated', after, previousAttributes(thing, after));
    return after;
  }

  /** Puts a saved payment method behind another test card, as when an account runs dry. */
  changeCard(paymentMethodId: string, number: string): void {
    const { scope, thing } = this.find(paymentMethodId, (each) => find(each.book.paymentMethods, paymentMethodId));
    scope.book.cardNumbers.set(thing.id, number);
    put(scope.book.paymentMethods, thing);
  }

  /**
   * The payment method is refused from now on, with the given decline code, until null is given
   * or `times` attempts were refused. Anything saved can be: cards at once, debits when they settle.
   */
  declineFrom(paymentMethodId: string, order: DeclineOrder | null): void {
    const { scope } = this.find(paymentMethodId, (each) => find(each.book.paymentMethods, paymentMethodId));
    orderDecline(scope.book, paymentMethodId, order);
  }

  /** Writes the state file now. */
  flush(): void {
    this.parts.flush();
  }
}
