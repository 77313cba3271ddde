import { publicId } from '../../kernel/ids.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { assertNotAnothers, type CredentialRow, usableCredential } from '../payers/index.js';
import { type AgreementClaim, type Initiation, type InitiationClaim, initiation } from './domain/scheme-rules.js';
import type { AgreementsOfOrders, NewPaymentDetails } from './new-order.js';
import { openOperation } from './operations.js';
import { money, type OperationRow, type OrderFile, type OrderRow, type PageRequest } from './order-rows.js';

export interface PaymentWanted {
  readonly payment: NewPaymentDetails;
  readonly payerEmail: string | null;
  readonly allowedSources: readonly TransactionSource[];
  readonly agreements: AgreementsOfOrders;
}

/** What is paid with, as the payment system knows it. */
export interface Means {
  readonly kind: InitiationClaim['credential'];
  readonly token: string;
  readonly externalCustomerId: string | null;
  readonly mandate: NewPaymentDetails['mandate'];
}

/**
 * Opens the payment operation of an order, with all that it will be sent with
 * frozen on it. The schemes' rules are asked first, so that what they forbid is
 * refused before anything is committed or sent.
 */
export async function openPayment(
  transaction: Transaction,
  file: OrderFile,
  wanted: PaymentWanted,
): Promise<OperationRow> {
  const { order } = file;
  const means = await meansOf(transaction, order, wanted.payment);
  const agreement = order.agreementId ? await wanted.agreements.claimOf(transaction, order) : null;
  const allowed = initiation({
    source: wanted.payment.source,
    storedOnFile: wanted.payment.storedOnFile,
    saveCredential: order.saveCredential,
    credential: means.kind,
    hasPayer: order.payerId !== null,
    allowedSources: wanted.allowedSources,
    amount: money(order, order.amount),
    agreement,
  });
  return openAllowedPayment(file, { means, allowed, agreement, payerEmail: wanted.payerEmail }, transaction.now);
}

export interface PagePaymentWanted extends Omit<PaymentWanted, 'payment'> {
  readonly page: PageRequest;
}

/**
 * Opens the payment operation of an order that its payer pays on a page of the
 * payment system: with whatever means they give there. A charge that its payer
 * pays in person keeps what the agreement has, and stores nothing anew.
 */
export async function openPagePayment(
  transaction: Transaction,
  file: OrderFile,
  { page, payerEmail, allowedSources, agreements }: PagePaymentWanted,
): Promise<OperationRow> {
  const { order } = file;
  const isCharge = order.chargeId !== null;
  const agreement = order.agreementId && !isCharge ? await agreements.claimOf(transaction, order) : null;
  const allowed = initiation({
    source: 'INTERNET',
    storedOnFile: null,
    saveCredential: order.saveCredential,
    credential: 'TOKEN',
    hasPayer: order.payerId !== null,
    allowedSources,
    amount: money(order, order.amount),
    agreement,
  });
  // An order's first transaction says how it came about, and that is never changed.
  const source = order.source ?? allowed.source;
  const storedOnFile = order.storedOnFile ?? allowed.storedOnFile;
  const means = { kind: 'TOKEN', token: '', externalCustomerId: null, mandate: null } as const;
  return openAllowedPayment(
    file,
    { means, allowed: { ...allowed, source, storedOnFile }, agreement, payerEmail, page },
    transaction.now,
  );
}

interface AllowedPayment {
  readonly means: Means;
  readonly allowed: Initiation;
  readonly agreement: AgreementClaim | null;
  readonly payerEmail: string | null;
  readonly resubmission?: boolean;
  readonly page?: PageRequest;
}

/** The same once the rules have spoken. An order of no money is a check of the means of payment. */
export function openAllowedPayment(
  file: OrderFile,
  { means, allowed, agreement, payerEmail, resubmission = false, page }: AllowedPayment,
  now: Date,
): OperationRow {
  const { order } = file;
  const { amount, captureMode, returnUrl } = order;
  const { source, storedOnFile, by, store } = allowed;
  order.source = source;
  order.storedOnFile = storedOnFile;
  const isCheck = amount === 0n;
  return openOperation(
    file,
    {
      type: isCheck ? 'VERIFICATION' : 'PAYMENT',
      amount,
      request: {
        token: means.token,
        externalCustomerId: means.externalCustomerId,
        by,
        store,
        returnUrl,
        receiptEmail: payerEmail,
        ...(agreement && { agreement: { id: publicId('agreement', agreement.id), type: agreement.type } }),
        ...(page && { page }),
        ...(resubmission && { resubmission }),
        ...(means.mandate && { mandate: { ...means.mandate, acceptedAt: means.mandate.acceptedAt.toISOString() } }),
      },
    },
    [{ type: isCheck ? 'VERIFICATION' : captureMode === 'MANUAL' ? 'AUTHORIZATION' : 'SALE', amount }],
    now,
  );
}

async function meansOf(
  transaction: Transaction,
  order: OrderRow,
  { credential, mandate }: NewPaymentDetails,
): Promise<Means> {
  const { merchantId, mode, payerId, accountId } = order;
  const owner = { merchantId, mode };
  if ('token' in credential) {
    const { token, externalCustomerId } = credential;
    // Without its customer the payment system itself refuses a token that belongs to one.
    if (externalCustomerId) await assertNotAnothers(transaction, { owner, token, payerId, accountId });
    return { kind: externalCustomerId ? 'CUSTOMER_TOKEN' : 'TOKEN', token, externalCustomerId, mandate };
  }
  const stored = await usableCredential(transaction, {
    owner,
    credentialId: credential.storedCredentialId,
    payerId,
    accountId,
  });
  order.payerId = stored.payerId;
  order.credentialId = stored.id;
  return meansOfStored(stored);
}

export function meansOfStored(stored: Pick<CredentialRow, 'externalId' | 'externalCustomerId'>): Means {
  const { externalId: token, externalCustomerId } = stored;
  return { kind: 'STORED', token, externalCustomerId, mandate: null };
}
