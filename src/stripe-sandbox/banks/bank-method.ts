import type Stripe from 'stripe';
import { fingerprint, type MethodFacts, makeMethod } from '../cards/payment-method.js';
import { malformed, parameterMissing, refusal } from '../core/failure.js';
import type { Scope } from '../core/world.js';
import { type Iban, readIban } from './iban.js';
import { numberOfToken, UNSUPPORTED } from './test-accounts.js';

/** Whose the accounts behind the tokens are. */
const TOKEN_OWNER = { name: 'Jenny Rosen', email: 'jenny.rosen@example.com' };

function makeBankMethod(scope: Scope, iban: Iban, facts: MethodFacts): Stripe.PaymentMethod {
  const method = makeMethod(scope, facts, {
    type: 'sepa_debit',
    sepa_debit: {
      bank_code: iban.bankCode,
      branch_code: iban.branchCode,
      country: iban.country,
      fingerprint: fingerprint(scope, iban.number),
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.last4,
    },
  });
  scope.book.ibans.set(method.id, iban.number);
  return method;
}

/** Makes a payment method of a bank account; a debit needs the name and the e-mail address of its owner. */
export function bankFromParams(scope: Scope, text: string | undefined, facts: MethodFacts, at: string) {
  const param = at === '' ? 'sepa_debit[iban]' : `${at}[sepa_debit][iban]`;
  if (text === undefined || text === '') throw parameterMissing(param);
  const iban = readIban(text);
  if (iban === null) throw malformed('The IBAN you entered is invalid.', { code: 'invalid_bank_account_iban', param });
  if (UNSUPPORTED.has(iban.number)) {
    throw refusal('The bank account provided does not support SEPA Direct Debit payments.', {
      code: 'sepa_unsupported_account',
      param,
    });
  }
  for (const name of ['name', 'email'] as const) {
    if (!facts.billing?.[name])
      throw parameterMissing(`${at === '' ? '' : `${at}[`}billing_details${at === '' ? '' : ']'}[${name}]`);
  }
  return makeBankMethod(scope, iban, facts);
}

/** A new payment method for a token that stands for a test account; undefined if it stands for none. */
export function bankOfToken(scope: Scope, token: string): Stripe.PaymentMethod | undefined {
  const iban = readIban(numberOfToken(token) ?? '');
  return iban === null ? undefined : makeBankMethod(scope, iban, { billing: TOKEN_OWNER });
}
