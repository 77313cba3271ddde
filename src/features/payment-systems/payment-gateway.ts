import type { Currency } from '../../kernel/currency.js';
import type { Money } from '../../kernel/money.js';
import type {
  CapturePayment,
  CardDetails,
  ConfirmPayment,
  NewCustomer,
  NewPayment,
  NewPaymentPage,
  NewRefund,
  NewVerification,
  OurReference,
  PaymentSearch,
  RaiseHold,
  VoidPayment,
} from './gateway-requests.js';

/**
 * The port to a payment system, in the field's words. The adapter translates
 * and decides nothing. Every call that changes something carries a key from our
 * own transaction id, so that repeating it can never move money twice.
 */
export interface PaymentGateway {
  /** Limits of the payment system for an amount, in words for the caller; null when it is acceptable. */
  amountProblem(amount: Money): AmountProblem | null;

  createCustomer(request: NewCustomer, key: string): Promise<Answer<{ readonly externalId: string }>>;

  /** Makes the payment without asking the payer's bank: nothing is held or taken yet. */
  preparePayment(request: NewPayment, key: string): Promise<Answer<PaymentSnapshot>>;
  /** Asks the payer's bank. From here on money may move. */
  confirmPayment(request: ConfirmPayment, key: string): Promise<Answer<PaymentSnapshot>>;
  retrievePayment(externalId: string): Promise<Answer<PaymentSnapshot>>;
  /** A payment made with our transaction's id since then, for when its own id was lost; null when there is none. */
  findPayment(search: PaymentSearch): Promise<Answer<PaymentSnapshot | null>>;

  /** Checks a means of payment for later charges and takes no money: made without asking the payer's bank. */
  prepareVerification(request: NewVerification, key: string): Promise<Answer<VerificationSnapshot>>;
  confirmVerification(request: ConfirmPayment, key: string): Promise<Answer<VerificationSnapshot>>;
  retrieveVerification(externalId: string): Promise<Answer<VerificationSnapshot>>;
  /** As `findPayment`, for a verification whose id was lost. */
  findVerification(search: PaymentSearch): Promise<Answer<VerificationSnapshot | null>>;
  /** Closes a verification that has not succeeded. */
  closeVerification(externalId: string, key: string): Promise<Answer<VerificationSnapshot>>;

  /** Opens a page of the payment system on which the payer pays; several cards may be tried on it. */
  openPage(request: NewPaymentPage, key: string): Promise<Answer<PageSnapshot>>;
  retrievePage(externalId: string): Promise<Answer<PageSnapshot>>;
  /** As `findPayment`, for a page whose id was lost. */
  findPage(search: PaymentSearch): Promise<Answer<PageSnapshot | null>>;
  /** Ends an open page: nobody can pay on it any more. One that has ended already is answered as it is, `COMPLETE` included. */
  closePage(externalId: string, key: string): Promise<Answer<PageSnapshot>>;

  /**
   * Exchanges card data for a token, before anything of it could be kept. The
   * one call that sees a card number; it is in no message, log or answer of it.
   */
  tokenizeCard(card: CardDetails, key: string): Promise<Answer<{ readonly token: string }>>;
  /** A means of payment as the payment system has it now; null where it has been detached from its customer. */
  retrieveCredential(externalId: string): Promise<Answer<CredentialSnapshot | null>>;
  /** Makes a means of payment useless for later charges. One that is detached already is success. */
  detachCredential(externalId: string, key: string): Promise<Answer<null>>;
  retrieveMandate(externalId: string): Promise<Answer<MandateSnapshot>>;

  /** Takes `amount` of what is held. `final` releases the rest of the hold. */
  capture(request: CapturePayment, key: string): Promise<Answer<PaymentSnapshot>>;
  /** Raises the hold to `total`. */
  raiseHold(request: RaiseHold, key: string): Promise<Answer<PaymentSnapshot>>;
  /** Releases the hold, or closes a payment that nobody has paid yet. */
  voidPayment(request: VoidPayment, key: string): Promise<Answer<PaymentSnapshot>>;

  refund(request: NewRefund, key: string): Promise<Answer<RefundSnapshot>>;
  retrieveRefund(externalId: string): Promise<Answer<RefundSnapshot>>;
  /** All refunds of a payment, newest first: also those made in the payment system's own console. */
  listRefunds(paymentExternalId: string): Promise<Answer<readonly RefundSnapshot[]>>;
  retrieveDispute(externalId: string): Promise<Answer<DisputeSnapshot>>;
}

/**
 * What came of a call. `unknown` is not a failure: the payment system may have
 * done it (time-out, reset, 5xx). `refused` and `declined` are definite: nothing
 * moved. `busy` is definite too: not carried out, the same call may be repeated.
 */
export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'declined'; readonly decline: Decline; readonly value: Value | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'busy'; readonly message: string }
  | {
      readonly kind: 'unknown';
      readonly message: string;
      /** There was an earlier call with this key, and the payment system will never answer otherwise to it: look first. */
      readonly replayed: boolean;
    };

export const RETRY_ADVICE = ['TRY_AGAIN_LATER', 'CONFIRM_CARD_DATA', 'DO_NOT_TRY_AGAIN'] as const;
export type RetryAdvice = (typeof RETRY_ADVICE)[number];

/** The payer's bank, or the payment system on its behalf, said no. */
export interface Decline {
  /** `insufficient_funds`, `lost_card`: the payment system's most specific code. */
  readonly code: string;
  readonly message: string;
  readonly advice: RetryAdvice | null;
}

/** `Refusal.code` of `tokenizeCard` where the account may send no card data at all: only the payer's browser may. */
export const CARD_DATA_REFUSED = 'card_data_refused';

/** The payment system did not accept the request itself. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** True when our keys are no longer accepted: nothing works on this account until they are replaced. */
  readonly keysRejected: boolean;
}

export interface AmountProblem {
  readonly code: 'AMOUNT_OUT_OF_RANGE' | 'CURRENCY_NOT_SUPPORTED' | 'INVALID_INPUT';
  readonly message: string;
}

/** A payment as the payment system has it now. */
export interface PaymentSnapshot {
  readonly externalId: string;
  readonly state: PaymentState;
  readonly currency: Currency;
  /** What was asked for, or what a raised hold has come to. */
  readonly amount: Money;
  /** What may still be captured. */
  readonly capturable: Money;
  readonly captured: Money;
  /** Why a `CANCELED` payment is so: `EXPIRED` when the payment system released the hold by itself. */
  readonly canceledBecause: 'REQUESTED' | 'EXPIRED' | null;
  /** The hold's end, as the payment system says for this very payment. */
  readonly captureBefore: Date | null;
  readonly multicapture: boolean;
  readonly incrementable: boolean;
  readonly nextAction: NextActionSnapshot | null;
  /** Why the last try failed, while there is no newer one. */
  readonly failure: Decline | null;
  readonly credential: CredentialSnapshot | null;
  /** `cus_…` the payment belongs to. */
  readonly externalCustomerId: string | null;
  /** Null on payments that are not ours. */
  readonly reference: OurReference | null;
}

/** A check of a means of payment as the payment system has it now. */
export interface VerificationSnapshot {
  readonly externalId: string;
  readonly state: VerificationState;
  /** Set on a `CANCELED` one; a verification never lapses by itself. */
  readonly canceledBecause: 'REQUESTED' | null;
  readonly nextAction: NextActionSnapshot | null;
  readonly failure: Decline | null;
  readonly credential: CredentialSnapshot | null;
  readonly externalCustomerId: string | null;
  readonly reference: OurReference | null;
}

/** A page of the payment system as it is now. */
export interface PageSnapshot {
  /** `cs_…`. */
  readonly externalId: string;
  /** `COMPLETE`: the payer is done with it, and the intent tells with what result. `EXPIRED`: by time or by `closePage`. */
  readonly state: 'OPEN' | 'COMPLETE' | 'EXPIRED';
  /** Where the payer goes; null once it is not open any more. */
  readonly url: string | null;
  readonly expiresAt: Date;
  /**
   * What is paid or checked on it; a payment is null until the payer has first tried, a verification `PREPARED`. A
   * `FAILED` one on an open page may be tried again there, and nowhere else.
   */
  readonly intent: PaymentSnapshot | VerificationSnapshot | null;
  /** Null on pages that are not ours. */
  readonly reference: OurReference | null;
}

/** From `PREPARED` to `VERIFIED` or `CANCELED`; `FAILED` can still be tried again until it is closed. */
export type VerificationState = 'PREPARED' | 'FAILED' | 'NEEDS_ACTION' | 'PROCESSING' | 'VERIFIED' | 'CANCELED';

/** From `PREPARED` to `CAPTURED` or `CANCELED`; `FAILED` can still be tried again until it is closed. */
export const PAYMENT_STATES = [
  'PREPARED',
  'FAILED',
  'NEEDS_ACTION',
  'PROCESSING',
  'HELD',
  'CAPTURED',
  'CANCELED',
] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

export interface NextActionSnapshot {
  readonly redirectUrl: string | null;
  /** For the payment system's own browser library; it lets its holder confirm this one payment. */
  readonly clientSecret: string | null;
}

/** What may be known of a means of payment. */
export interface CredentialSnapshot {
  readonly externalId: string;
  readonly externalCustomerId: string | null;
  readonly type: 'CARD' | 'SCHEME_TOKEN' | 'BANK_ACCOUNT';
  readonly brand: string | null;
  readonly lastFour: string | null;
  readonly expiryMonth: number | null;
  readonly expiryYear: number | null;
  /** Bank accounts: the payer's permission to debit it. */
  readonly mandateExternalId: string | null;
}

/** The payer's permission to debit a bank account. */
export interface MandateSnapshot {
  readonly externalId: string;
  readonly credentialExternalId: string;
  readonly status: 'ACTIVE' | 'PENDING' | 'INACTIVE';
  /** What the payer finds on the bank statement. */
  readonly reference: string | null;
  /** Where the payer can read it. */
  readonly url: string | null;
}

export interface RefundSnapshot {
  readonly externalId: string;
  readonly paymentExternalId: string;
  readonly amount: Money;
  readonly state: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED';
  readonly failureReason: string | null;
  /** The rest of a hold that was let go: no money was given back, though the payment system lists it among refunds. */
  readonly isRelease: boolean;
  /** Our transaction's id, null when it was made elsewhere. */
  readonly transactionId: string | null;
}

export interface DisputeSnapshot {
  readonly externalId: string;
  readonly paymentExternalId: string;
  readonly amount: Money;
  readonly state: 'OPEN' | 'WON' | 'LOST';
  readonly reason: string | null;
  readonly evidenceDueAt: Date | null;
}
