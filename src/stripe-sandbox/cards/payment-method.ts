import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { newId } from '../core/ids.js';
import { put } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { cardOfNumber, type TestCard } from './test-cards.js';

/** What is unknown of a card whose number nobody documented: an ordinary Visa that works. */
function plainCard(number: string): TestCard {
  return {
    number,
    tokens: [],
    brand: number.startsWith('5') ? 'mastercard' : 'visa',
    funding: 'credit',
    country: 'US',
    challenge: 'when_wanted',
    decline: null,
    savable: true,
    declinesIncrement: false,
    isPlain: false,
    afterwards: null,
    availableAtOnce: false,
  };
}

export function testCardOf(scope: Scope, paymentMethodId: string): TestCard {
  const number = scope.book.cardNumbers.get(paymentMethodId) ?? '4242424242424242';
  return cardOfNumber(number) ?? plainCard(number);
}

/** The same card or bank account has the same fingerprint within an account, whichever payment method it is in. */
export function fingerprint(scope: Scope, number: string): string {
  const digest = createHash('sha256').update(`${scope.account.id}:${number}`).digest('base64url');
  return digest.replaceAll(/[-_]/g, '0').slice(0, 16);
}

/** What a payment method of any type has. */
export interface MethodFacts {
  billing?: Partial<Stripe.PaymentMethod.BillingDetails>;
  metadata?: Stripe.Metadata;
}

interface NewCard extends MethodFacts {
  number: string;
  expMonth: number;
  expYear: number;
  cvcGiven: boolean;
}

function cardFace(scope: Scope, given: NewCard): Stripe.PaymentMethod.Card {
  const card = cardOfNumber(given.number) ?? plainCard(given.number);
  return {
    brand: card.brand,
    checks: {
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: given.cvcGiven ? 'unchecked' : null,
    },
    country: card.country,
    display_brand: card.brand,
    exp_month: given.expMonth,
    exp_year: given.expYear,
    fingerprint: fingerprint(scope, given.number),
    funding: card.funding,
    generated_from: null,
    last4: given.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

/** Puts a payment method on its shelf; `own` is what only its type has. */
export function makeMethod(
  scope: Scope,
  { billing, metadata }: MethodFacts,
  own: Pick<Stripe.PaymentMethod, 'type' | 'card' | 'sepa_debit'>,
): Stripe.PaymentMethod {
  return put(scope.book.paymentMethods, {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: emptyAddress(), email: null, name: null, phone: null, tax_id: null, ...billing },
    created: scope.world.clock.now(),
    customer: null,
    customer_account: null,
    livemode: scope.book.livemode,
    metadata: metadata ?? {},
    ...own,
  });
}

export function makeCardMethod(scope: Scope, given: NewCard): Stripe.PaymentMethod {
  const method = makeMethod(scope, given, { type: 'card', card: cardFace(scope, given) });
  scope.book.cardNumbers.set(method.id, given.number);
  return method;
}

function emptyAddress(): Stripe.Address {
  return { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
}
