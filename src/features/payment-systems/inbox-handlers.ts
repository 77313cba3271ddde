import type { AccountRow } from './account-sql.js';

/** `unknown-object`: ours by its metadata, but not recorded here yet; it will be handed over again. */
export type InboxOutcome = 'done' | 'unknown-object' | 'foreign';

/**
 * What higher features do about an event. They are told only what it is about
 * and fetch that again themselves: events come late, twice, and in any order.
 * Whatever they throw is kept and the event tried again.
 */
export interface InboxHandlers {
  payment(account: AccountRow, externalPaymentId: string): Promise<InboxOutcome>;
  refund(account: AccountRow, externalRefundId: string, externalPaymentId: string): Promise<InboxOutcome>;
  dispute(account: AccountRow, externalDisputeId: string, externalPaymentId: string): Promise<InboxOutcome>;
  verification(account: AccountRow, externalVerificationId: string): Promise<InboxOutcome>;
  /** Of every means of payment at the account: whether it is one of ours, only the handler knows. */
  credential(account: AccountRow, externalCredentialId: string): Promise<InboxOutcome>;
  /** A page on which a payer pays; it says itself whose it is. */
  page(account: AccountRow, externalPageId: string): Promise<InboxOutcome>;
  /** A payout of the account, ours or not: it is the operator's. */
  payout(account: AccountRow, externalPayoutId: string): Promise<InboxOutcome>;
  /** The account's balance moved, or a fee became known: movements are read again. */
  movement(account: AccountRow): Promise<InboxOutcome>;
  /** As for means of payment. */
  mandate(account: AccountRow, externalMandateId: string): Promise<InboxOutcome>;
}
