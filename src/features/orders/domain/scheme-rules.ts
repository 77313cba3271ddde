import type { AgreementType } from '../../../kernel/agreement-type.js';
import { DomainError } from '../../../kernel/errors.js';
import type { Money } from '../../../kernel/money.js';
import type { TransactionSource } from '../../../kernel/transaction-source.js';

export const STORED_ON_FILE = ['NOT_STORED', 'TO_BE_STORED', 'STORED'] as const;
export type StoredOnFile = (typeof STORED_ON_FILE)[number];

/** What a caller said of how a payment came about, and with what it is paid. */
export interface InitiationClaim {
  readonly source: TransactionSource;
  /** Null where the caller leaves it to be derived. */
  readonly storedOnFile: StoredOnFile | null;
  readonly saveCredential: boolean;
  /** `TOKEN` is new to us; `CUSTOMER_TOKEN` is one that a customer at the payment system already has. */
  readonly credential: 'TOKEN' | 'CUSTOMER_TOKEN' | 'STORED';
  readonly hasPayer: boolean;
  readonly allowedSources: readonly TransactionSource[];
  readonly amount: Money;
  /** The agreement that the payment establishes or is made under; null: it stands alone. */
  readonly agreement: AgreementClaim | null;
}

/** An agreement as the rules need to know it, at the moment of a payment. Dates are of the agreement's time zone. */
export interface AgreementClaim {
  readonly id: string;
  readonly type: AgreementType;
  /** `FIRST`: the payment establishes the agreement, or gives it a new means of payment. `LATER`: it is a charge under it. */
  readonly position: 'FIRST' | 'LATER';
  /** Whether charges may be made under it: consent was given and neither ended nor suspended. */
  readonly inForce: boolean;
  readonly status: string;
  /** The agreement that the order was made under before; null: under none. */
  readonly seriesOfOrder: string | null;
  /** Whether what the payment is paid with is the means of payment that the payer agreed to. */
  readonly credentialIsIts: boolean;
  readonly currency: string;
  /** Charges are always of this amount: its variability is FIXED. */
  readonly fixedAmount: Money | null;
  readonly minimumAmount: Money | null;
  readonly maximumAmount: Money | null;
  readonly minimumDays: number | null;
  readonly numberOfPayments: number | null;
  readonly startDate: string | null;
  readonly expiryDate: string | null;
  readonly today: string;
  /** Merchant-initiated payments that were made or are being made. */
  readonly paymentsMade: number;
  /** Whole days since the last of them, by the calendar; null: there was none. */
  readonly daysSinceLast: number | null;
}

export interface Initiation {
  readonly source: TransactionSource;
  readonly storedOnFile: StoredOnFile;
  /** Who is at the other end, as the payment system must be told. */
  readonly by: 'PAYER' | 'PAYER_REMOTE' | 'MERCHANT';
  /** Whether what is paid with is (again) kept for later charges. */
  readonly store: boolean;
}

/** The payer is not at a browser, so no authentication can be asked of them. */
const REMOTE_SOURCES: ReadonlySet<TransactionSource> = new Set([
  'MOTO',
  'MAIL_ORDER',
  'TELEPHONE_ORDER',
  'VOICE_RESPONSE',
  'CALL_CENTER',
]);

/** These need a terminal, which no payment system offered here has. */
const TERMINAL_SOURCES: ReadonlySet<TransactionSource> = new Set(['CARD_PRESENT', 'PAYER_PRESENT']);

type Rule = (claim: InitiationClaim) => DomainError | null;

const SOURCE_RULES: readonly Rule[] = [
  ({ source }) =>
    refusedIf(
      TERMINAL_SOURCES.has(source),
      'SOURCE_NOT_ALLOWED',
      `source: ${source} needs a card terminal, and this payment system account has none`,
    ),
  ({ source, allowedSources }) =>
    refusedIf(
      !allowedSources.includes(source),
      'SOURCE_NOT_ALLOWED',
      `source: ${source} is not allowed for this merchant (allowed: ${allowedSources.join(', ')}); its operator can allow it with updateMerchant`,
    ),
];

const STORED_ON_FILE_RULES: readonly Rule[] = [
  ({ source, storedOnFile }) =>
    refusedIf(
      source === 'MERCHANT' && storedOnFile !== null && storedOnFile !== 'STORED',
      'STORED_ON_FILE_CONFLICT',
      `storedOnFile: a merchant-initiated transaction uses stored details, so it is STORED, not ${storedOnFile}`,
    ),
  ({ source, agreement }) =>
    refusedIf(
      source === 'MERCHANT' && agreement === null,
      'AGREEMENT_REQUIRED',
      'source: MERCHANT is for charges under an agreement with the payer, and this order has none',
    ),
  ({ credential, storedOnFile }) =>
    refusedIf(
      credential === 'STORED' && storedOnFile !== null && storedOnFile !== 'STORED',
      'STORED_ON_FILE_CONFLICT',
      `storedOnFile: a stored credential is being used, so it is STORED, not ${storedOnFile}`,
    ),
  ({ credential, storedOnFile }) =>
    refusedIf(
      credential === 'TOKEN' && storedOnFile === 'STORED',
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: STORED says the details were stored before, but this token belongs to no customer; name a storedCredentialId or externalCustomerId',
    ),
  ({ saveCredential, storedOnFile }) =>
    refusedIf(
      saveCredential && storedOnFile === 'NOT_STORED',
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: NOT_STORED contradicts saveCredential: true',
    ),
  ({ agreement, storedOnFile }) =>
    refusedIf(
      agreement?.position === 'FIRST' && storedOnFile === 'NOT_STORED',
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: this payment establishes an agreement, whose later charges need the details kept; leave it out or say TO_BE_STORED',
    ),
  (claim) =>
    claim.hasPayer || !isKept(claim)
      ? null
      : new DomainError('INVALID_INPUT', 'payer: details can only be stored for a payer; give one', [
          { path: ['payer'], message: 'is needed when the credential is to be stored' },
        ]),
];

/** What makes a series: it begins with the payer, stays with its agreement, and with what the payer agreed to. */
const SERIES_RULES: readonly Rule[] = [
  ({ agreement }) =>
    refusedIf(
      agreement?.seriesOfOrder != null && agreement.seriesOfOrder !== agreement.id,
      'AGREEMENT_MISMATCH',
      'agreement: the order was made under another agreement, and a series of payments keeps to one',
    ),
  ({ source, agreement }) =>
    refusedIf(
      source === 'MERCHANT' && agreement?.position === 'FIRST',
      'NEW_CIT_REQUIRED',
      'source: the first payment of a series is initiated by the payer (INTERNET, MOTO, …), never by MERCHANT; later ones are made with chargeAgreement or by the schedule',
    ),
  ({ source, agreement }) =>
    refusedIf(
      source === 'MERCHANT' && agreement?.inForce === false,
      'ILLEGAL_TRANSITION',
      `cannot charge an agreement that is ${agreement?.status}`,
    ),
  ({ source, agreement }) =>
    refusedIf(
      source === 'MERCHANT' && agreement?.credentialIsIts === false,
      'NEW_CIT_REQUIRED',
      'credential: a merchant-initiated charge uses the means of payment that the payer agreed to; for another one the payer agrees anew with replaceAgreementCredential',
    ),
];

/** The payer agreed to no more than this; nobody but us holds the merchant to it. */
const LIMIT_RULES: readonly ((charge: InitiationClaim & { agreement: AgreementClaim }) => DomainError | null)[] = [
  ({ amount, agreement: { currency } }) =>
    refusedIf(
      amount.currency !== currency,
      'CURRENCY_MISMATCH',
      `amount: the agreement is in ${currency}, not in ${amount.currency}`,
    ),
  ({ amount, agreement: { fixedAmount } }) =>
    overLimit(
      fixedAmount !== null && amount.minor !== fixedAmount.minor,
      `amount: the agreement's charges are FIXED at ${fixedAmount}, and this one is ${amount}`,
    ),
  ({ amount, agreement: { minimumAmount } }) =>
    overLimit(
      minimumAmount?.isGreaterThan(amount) ?? false,
      `amount: ${amount} is less than the agreement's minimumAmount of ${minimumAmount}`,
    ),
  ({ amount, agreement: { maximumAmount } }) =>
    overLimit(
      maximumAmount !== null && amount.isGreaterThan(maximumAmount),
      `amount: ${amount} is more than the agreement's maximumAmount of ${maximumAmount}`,
    ),
  ({ agreement: { startDate, today } }) =>
    overLimit(
      startDate !== null && today < startDate,
      `startDate: nothing may be charged before ${startDate}, and it is ${today}`,
    ),
  ({ agreement: { expiryDate, today } }) =>
    overLimit(
      expiryDate !== null && today > expiryDate,
      `expiryDate: the agreement ended with ${expiryDate}, and it is ${today}`,
    ),
  ({ agreement: { numberOfPayments, paymentsMade } }) =>
    overLimit(
      numberOfPayments !== null && paymentsMade >= numberOfPayments,
      `numberOfPayments: all ${numberOfPayments} payments of the agreement were made`,
    ),
  ({ agreement: { minimumDays, daysSinceLast } }) =>
    overLimit(
      minimumDays !== null && daysSinceLast !== null && daysSinceLast < minimumDays,
      `minimumDaysBetweenPayments: the last payment was ${daysSinceLast} days ago, and ${minimumDays} must lie between two`,
    ),
];

/**
 * How the payment is to be made, or the rule of the card schemes that it
 * breaks: the first one, in their order, and nothing was sent.
 */
export function initiation(claim: InitiationClaim): Initiation {
  for (const rule of [...SOURCE_RULES, ...STORED_ON_FILE_RULES, ...SERIES_RULES]) {
    const refusal = rule(claim);
    if (refusal) throw refusal;
  }
  const { source, agreement } = claim;
  // Limits are of what the merchant takes; what the payer pays in person, the payer has just agreed to.
  if (source === 'MERCHANT' && agreement) assertWithinLimits({ ...claim, agreement });
  return {
    source,
    storedOnFile: derivedStoredOnFile(claim),
    by: source === 'MERCHANT' ? 'MERCHANT' : REMOTE_SOURCES.has(source) ? 'PAYER_REMOTE' : 'PAYER',
    store: isKept(claim),
  };
}

function assertWithinLimits(charge: InitiationClaim & { agreement: AgreementClaim }): void {
  for (const rule of LIMIT_RULES) {
    const refusal = rule(charge);
    if (refusal) throw refusal;
  }
}

function derivedStoredOnFile(claim: InitiationClaim): StoredOnFile {
  const { source, storedOnFile, saveCredential, credential, agreement } = claim;
  if (storedOnFile) return storedOnFile;
  if (source === 'MERCHANT' || credential === 'STORED') return 'STORED';
  if (saveCredential || agreement?.position === 'FIRST') return 'TO_BE_STORED';
  return credential === 'CUSTOMER_TOKEN' ? 'STORED' : 'NOT_STORED';
}

/** What establishes an agreement is kept for its charges even where it was stored before for something else. */
function isKept(claim: InitiationClaim): boolean {
  return claim.agreement?.position === 'FIRST' || derivedStoredOnFile(claim) === 'TO_BE_STORED';
}

function refusedIf(
  broken: boolean,
  code: ConstructorParameters<typeof DomainError>[0],
  message: string,
): DomainError | null {
  return broken ? new DomainError(code, message) : null;
}

function overLimit(broken: boolean, message: string): DomainError | null {
  return refusedIf(broken, 'AGREEMENT_LIMIT_EXCEEDED', message);
}
