import type {
  Answer,
  Decline,
  NextActionSnapshot,
  OurReference,
  PaymentSnapshot,
  VerificationSnapshot,
} from '../payment-systems/index.js';

/** A payment, a check of a means of payment, or an open page for either: all are made, looked up and closed alike. */
export type IntentSnapshot = ((PaymentSnapshot | VerificationSnapshot) & OnPage) | PageIntent;

interface OnPage {
  /** The page that it was made on. */
  readonly pageExternalId?: string;
}

/** A page on which nothing was paid: the payer may still do so, or nobody will any more. */
export interface PageIntent {
  readonly pageExternalId: string;
  /** Null until the payer has first tried. */
  readonly externalId: string | null;
  readonly state: 'NEEDS_ACTION' | 'CANCELED';
  readonly canceledBecause: 'EXPIRED' | null;
  readonly nextAction: NextActionSnapshot | null;
  /** Why the last try failed. */
  readonly failure: Decline | null;
  readonly credential: null;
  readonly externalCustomerId: null;
  readonly reference: OurReference | null;
}

export interface Intents {
  /** Made without asking the payer's bank. */
  prepare(externalCustomerId: string | null, key: string): Promise<Answer<IntentSnapshot>>;
  confirm(externalId: string, key: string): Promise<Answer<IntentSnapshot>>;
  /** By the payment's own id; null for what is on a page, which has its own. */
  retrieve(externalId: string | null): Promise<Answer<IntentSnapshot>>;
  find(): Promise<Answer<IntentSnapshot | null>>;
  close(externalId: string, key: string): Promise<Answer<IntentSnapshot>>;
}
