import type { Money } from '../../kernel/money.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { PayerDetails } from '../payers/index.js';
import type { Mode } from '../tenancy/index.js';
import type { StoredOnFile } from './domain/initiation.js';
import type { CaptureMode } from './domain/order-status.js';

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
  readonly saveCredential: boolean;
  readonly payer: PayerDetails | null;
  /** Pay now; null lets the order wait. */
  readonly payment: NewPaymentDetails | null;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly expiresAt: Date | null;
  readonly metadata: Record<string, unknown>;
}

export interface NewPaymentDetails {
  readonly source: TransactionSource;
  readonly storedOnFile: StoredOnFile | null;
  readonly credential:
    | { readonly token: string; readonly externalCustomerId: string | null }
    /** A UUID; null for an id that is nobody's. */
    | { readonly storedCredentialId: string | null };
}

/** What accepting an order needs to know of its merchant. */
export type MerchantForOrder = {
  id: string;
  allowedSources: TransactionSource[];
  defaultAccountId: string | null;
};
