import type { AgreementType } from '../../kernel/agreement-type.js';
import type { Currency } from '../../kernel/currency.js';
import type { Money } from '../../kernel/money.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';

export interface NewCustomer {
  readonly payerId: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
}

/** How a transaction came about, for the schemes' rules; the adapter tells the payment system in its words. */
export interface Initiation {
  /** `MERCHANT`: the payer is not there (MIT). `PAYER_REMOTE`: dictated by post or telephone. */
  readonly by: 'PAYER' | 'PAYER_REMOTE' | 'MERCHANT';
  /** Keep the means of payment for later when the payment succeeds, and for whose later transactions. */
  readonly store: 'NO' | 'FOR_PAYER' | 'FOR_MERCHANT';
  /** Written on the payment in our words, for whoever looks at it in the payment system's console. */
  readonly source: TransactionSource;
  /** The agreement that the transaction establishes or is made under: its public id. */
  readonly agreement: { readonly id: string; readonly type: AgreementType } | null;
  /** A charge that was declined for want of funds is made again; schemes want to be told. */
  readonly resubmission: boolean;
}

/** Our ids, written on the payment so that it can be told from the operator's other traffic and found again. */
export interface OurReference {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly transactionId: string;
}

export interface NewPayment {
  readonly reference: OurReference;
  readonly amount: Money;
  readonly captureMode: 'AUTOMATIC' | 'MANUAL';
  /** `pm_…`: never a card number. */
  readonly token: string;
  readonly externalCustomerId: string | null;
  readonly initiation: Initiation;
  readonly description: string | null;
  readonly receiptEmail: string | null;
}

/** A check of a means of payment, so that it can be charged later. */
export interface NewVerification {
  readonly reference: OurReference;
  /** Of the charges to come: a bank account, say, is debited in one currency only. */
  readonly currency: Currency;
  readonly token: string;
  readonly externalCustomerId: string;
  readonly initiation: Initiation;
  readonly description: string | null;
}

/** A page of the payment system on which the payer pays an order, or has a means of payment checked. */
export interface NewPaymentPage {
  readonly reference: OurReference;
  /** Zero: nothing is paid, the means of payment is checked and kept. */
  readonly amount: Money;
  readonly captureMode: 'AUTOMATIC' | 'MANUAL';
  /** Needed where the means of payment is kept. */
  readonly externalCustomerId: string | null;
  readonly initiation: Initiation;
  /** What the payer reads as the name of what is paid. */
  readonly title: string;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  /** What the payer agrees to with the payment, at most 1,200 characters; null where nothing is charged later. */
  readonly consent: string | null;
  /** The payer's language: `en`, `ru`, `ro`. */
  readonly language: string;
  /** Where the browser comes back to; neither is proof of anything. */
  readonly returnUrl: string;
  readonly cancelUrl: string;
  /** When the page ends by itself, by the real clock: half an hour to a day from now. */
  readonly expiresAt: Date;
}

/** When and from where the payer accepted that a bank account is debited; kept as evidence by the payment system. */
export interface MandateAcceptance {
  readonly acceptedAt: Date;
  /** Both present: accepted at a browser. Both null: on paper or by telephone. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export interface CardDetails {
  readonly number: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  readonly cvc: string | null;
  readonly holderName: string | null;
}

export interface ConfirmPayment {
  readonly externalId: string;
  readonly initiation: Initiation;
  /** Where the payer's browser comes back to after authentication; null: the caller's own page takes the client secret. */
  readonly returnUrl: string | null;
  /** Needed the first time a bank account is used. */
  readonly mandate: MandateAcceptance | null;
}

export interface PaymentSearch {
  readonly transactionId: string;
  readonly externalCustomerId: string | null;
  readonly since: Date;
}

export interface CapturePayment {
  readonly externalId: string;
  readonly amount: Money;
  readonly final: boolean;
  readonly transactionId: string;
}

export interface RaiseHold {
  readonly externalId: string;
  readonly total: Money;
}

export interface VoidPayment {
  readonly externalId: string;
  readonly reason: CancellationCause;
}

export type CancellationCause = 'MERCHANT' | 'PAYER' | 'FRAUD' | 'DUPLICATE' | 'ABANDONED';

export interface NewRefund {
  readonly paymentExternalId: string;
  readonly amount: Money;
  readonly reason: CancellationCause;
  readonly transactionId: string;
}
