import {
  type AgreementClaim,
  type Initiation,
  type InitiationClaim,
  initiation,
} from '../../../src/features/orders/domain/scheme-rules.js';
import type { Currency } from '../../../src/kernel/currency.js';
import type { DomainError } from '../../../src/kernel/errors.js';
import { Money } from '../../../src/kernel/money.js';
import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';

export const eur = (minor: bigint) => Money.of(minor, 'EUR' as Currency);
export const usd = (minor: bigint) => Money.of(minor, 'USD' as Currency);

/** A charge is due: the agreement is in force, with the payer's own credential, and sets no limit. */
export const AGREEMENT: AgreementClaim = {
  id: 'agreement-1',
  type: 'RECURRING',
  position: 'LATER',
  inForce: true,
  status: 'ACTIVE',
  seriesOfOrder: null,
  credentialIsIts: true,
  currency: 'EUR',
  fixedAmount: null,
  minimumAmount: null,
  maximumAmount: null,
  minimumDays: null,
  numberOfPayments: null,
  startDate: null,
  expiryDate: null,
  today: '2026-11-21',
  paymentsMade: 0,
  daysSinceLast: null,
};

/** Nothing forbids it: a payer at a browser pays by a new token that nobody keeps. */
export const PLAIN_PAYMENT: InitiationClaim = {
  source: 'INTERNET',
  storedOnFile: null,
  saveCredential: false,
  credential: 'TOKEN',
  hasPayer: true,
  allowedSources: TRANSACTION_SOURCES,
  amount: eur(1000n),
  agreement: null,
};

/** Nothing forbids it either: a merchant charges what the payer agreed to. */
export const PLAIN_CHARGE: InitiationClaim = {
  ...PLAIN_PAYMENT,
  source: 'MERCHANT',
  credential: 'STORED',
  agreement: AGREEMENT,
};

/** What the rules say of a claim: how it is to be made, or the refusal. */
export function judged(claim: InitiationClaim): Initiation | DomainError {
  try {
    return initiation(claim);
  } catch (error) {
    return error as DomainError;
  }
}
