import type Stripe from 'stripe';
import { bankFromParams } from '../banks/bank-method.js';
import { forbiddenCardData, malformed, parameterMissing, refusal, StripeFailure } from '../core/failure.js';
import type { Scope } from '../core/world.js';
import type { FormValue } from '../http/form.js';
import { type Parsed, read, type Spec } from '../http/parameters.js';
import { makeCardMethod } from './payment-method.js';
import { cardOfToken, isPlausibleNumber } from './test-cards.js';

const ADDRESS = {
  city: 'text',
  country: 'text',
  line1: 'text',
  line2: 'text',
  postal_code: 'text',
  state: 'text',
} as const satisfies Spec;

export const BILLING = { address: ADDRESS, email: 'text', name: 'text', phone: 'text', tax_id: 'text' } as const;

export const METHOD_DATA = {
  type: 'text',
  allow_redisplay: ['always', 'limited', 'unspecified'],
  billing_details: BILLING,
  card: { number: 'text', exp_month: 'integer', exp_year: 'integer', cvc: 'text', token: 'text', networks: 'open' },
  metadata: 'metadata',
  radar_options: 'open',
  sepa_debit: { iban: 'text' },
} as const satisfies Spec;

type CardParams = NonNullable<Parsed<typeof METHOD_DATA>['card']>;

/** Legacy tokens name the same cards as the payment methods do. */
function numberOfToken(token: string): string {
  const card = cardOfToken(token.replace(/^tok_/, 'pm_card_'));
  if (card !== undefined) return card.number;
  throw refusal(`No such token: '${token}'`, { code: 'resource_missing', param: 'card[token]' });
}

function cardError(code: string, message: string, param: string): StripeFailure {
  return new StripeFailure(402, { type: 'card_error', code, message, param });
}

/** Refuses a date that no card can have any more; gives the year in full. */
export function checkExpiry(scope: Scope, { exp_month = 12, exp_year }: Pick<CardParams, 'exp_month' | 'exp_year'>) {
  if (exp_month < 1 || exp_month > 12) {
    throw cardError('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month');
  }
  if (exp_year === undefined) return 0;
  const now = new Date(scope.world.clock.nowMs());
  const year = exp_year < 100 ? 2000 + exp_year : exp_year;
  if (year * 12 + exp_month < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1) {
    throw cardError('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year');
  }
  return year;
}

function checkCard(
  scope: Scope,
  card: CardParams,
  at: string,
): Required<Pick<CardParams, 'number' | 'exp_month' | 'exp_year'>> {
  const { number, exp_month, exp_year } = card;
  if (number === undefined) throw parameterMissing(`${at}[number]`);
  if (!scope.account.features.raw_card_data && scope.cause?.isBrowser !== true) throw forbiddenCardData();
  if (exp_month === undefined) throw parameterMissing(`${at}[exp_month]`);
  if (exp_year === undefined) throw parameterMissing(`${at}[exp_year]`);
  const digits = number.replaceAll(/[\s-]/g, '');
  if (!isPlausibleNumber(digits)) throw cardError('incorrect_number', 'Your card number is incorrect.', 'number');
  const year = checkExpiry(scope, { exp_month, exp_year });
  if (card.cvc !== undefined && !/^\d{3,4}$/.test(card.cvc)) {
    throw cardError('invalid_cvc', "Your card's security code is invalid.", 'cvc');
  }
  return { number: digits, exp_month, exp_year: year };
}

/** Billing details as shown: what was not given is null. */
export function billingOf(given: Parsed<typeof BILLING> | undefined): Partial<Stripe.PaymentMethod.BillingDetails> {
  if (given === undefined) return {};
  const { address, ...rest } = given;
  const blank = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return address === undefined ? rest : { ...rest, address: { ...blank, ...address } };
}

/** Makes a payment method from the data of a card or a bank account, or from a token that stands for a card. */
export function methodFromParams(scope: Scope, params: Parsed<typeof METHOD_DATA>, at = ''): Stripe.PaymentMethod {
  const cardAt = at === '' ? 'card' : `${at}[card]`;
  if (params.type === undefined) throw parameterMissing(at === '' ? 'type' : `${at}[type]`);
  const shared = {
    billing: billingOf(params.billing_details),
    metadata: params.metadata === '' ? {} : (params.metadata ?? {}),
  };
  if (params.type === 'sepa_debit' && scope.account.features.sepa_debit) {
    return bankFromParams(scope, params.sepa_debit?.iban, shared, at);
  }
  if (params.type !== 'card') {
    throw malformed(`The payment method type "${params.type}" is not activated for your account.`, {
      code: 'payment_method_unactivated',
      param: 'type',
    });
  }
  if (params.card === undefined) throw parameterMissing(cardAt);
  if (params.card.token !== undefined) {
    const expYear = new Date(scope.world.clock.nowMs()).getUTCFullYear() + 1;
    return makeCardMethod(scope, {
      number: numberOfToken(params.card.token),
      expMonth: 12,
      expYear,
      cvcGiven: true,
      ...shared,
    });
  }
  const { number, exp_month, exp_year } = checkCard(scope, params.card, cardAt);
  return makeCardMethod(scope, {
    number,
    expMonth: exp_month,
    expYear: exp_year,
    cvcGiven: params.card.cvc !== undefined,
    ...shared,
  });
}

export function methodFromData(scope: Scope, data: FormValue, at: string): Stripe.PaymentMethod {
  if (typeof data !== 'object') throw malformed('Invalid object', { param: at });
  return methodFromParams(scope, read(METHOD_DATA, data, [], at), at);
}
