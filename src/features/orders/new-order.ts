import type { Money } from '../../kernel/money.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { PayerDetails } from '../payers/index.js';
import type { CardDetails, MandateAcceptance } from '../payment-systems/index.js';
import type { Mode } from '../tenancy/index.js';
import type { Language } from './domain/language.js';
import type { CaptureMode } from './domain/order-status.js';
import type { AgreementClaim, StoredOnFile } from './domain/scheme-rules.js';
import type { OrderRow } from './order-rows.js';

/** What an order is to be, checked for form by the edge. */
export interface NewOrder {
  readonly merchantId: string;
  readonly mode: Mode;
  /** The account named by the caller; null lets the merchant's default decide. */
  readonly accountId: string | null;
  readonly orderNumber: string;
  readonly amount: Money;
  readonly captureMode: CaptureMode;
  readonly description: string | null;
  /** In which the payer reads; null: their browser says. */
  readonly language?: Language | null;
  readonly saveCredential: boolean;
  readonly payer: PayerDetails | null;
  /** Pay now; null lets the order wait. */
  readonly payment: NewPaymentDetails | null;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly expiresAt: Date | null;
  readonly metadata: Record<string, unknown>;
  /** What the payment is to establish; null: it stands alone. */
  readonly agreement: JoinAgreement | null;
  /** What it is to pay, by its UUID; the invoices feature alone gives one, under that invoice's lock. */
  readonly invoiceId?: string | null;
}

/** What an order is made of, whoever pays it and how. */
export type OrderTerms = Omit<NewOrder, 'accountId' | 'payer' | 'payment' | 'agreement'>;

/** A payment as a caller gives it: with card data, where that is allowed, which never gets past `withoutCard`. */
export interface PaymentGiven extends Omit<NewPaymentDetails, 'credential'> {
  readonly credential: NewPaymentDetails['credential'] | { readonly card: CardDetails };
}

export type OrderGiven = Omit<NewOrder, 'payment'> & { readonly payment: PaymentGiven | null };

/**
 * Gives an order its agreement, in the transaction that accepts the order and
 * before its payment is opened: the agreements feature makes the agreement, or
 * names the one that gets a new means of payment, and answers with its UUID.
 */
export type JoinAgreement = (transaction: Transaction, order: OrderRow) => Promise<string>;

/** What the agreements feature tells orders. They are below it, so it is handed in where the program is put together. */
export interface AgreementsOfOrders {
  /** The agreement of an order whose payment establishes it or renews its means of payment. */
  claimOf(transaction: Transaction, order: OrderRow): Promise<AgreementClaim>;
}

export interface NewPaymentDetails {
  readonly source: TransactionSource;
  readonly storedOnFile: StoredOnFile | null;
  readonly credential:
    | { readonly token: string; readonly externalCustomerId: string | null }
    /** A UUID; null for an id that is nobody's. */
    | { readonly storedCredentialId: string | null };
  /** How the payer accepted that a bank account is debited; null for cards. */
  readonly mandate: MandateAcceptance | null;
}

/** What accepting an order needs to know of its merchant. */
export type MerchantForOrder = {
  id: string;
  allowedSources: TransactionSource[];
  defaultAccountId: string | null;
  pciDssCertified: boolean;
};
