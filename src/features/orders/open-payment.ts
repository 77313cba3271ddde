import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { assertNotAnothers, usableCredential } from '../payers/index.js';
import { initiation } from './domain/initiation.js';
import type { NewPaymentDetails } from './new-order.js';
import { openOperation } from './operations.js';
import type { OperationRow, OrderFile, OrderRow } from './order-rows.js';

export interface PaymentWanted {
  readonly payment: NewPaymentDetails;
  readonly payerEmail: string | null;
  readonly allowedSources: readonly TransactionSource[];
}

interface Means {
  readonly kind: 'TOKEN' | 'CUSTOMER_TOKEN' | 'STORED';
  readonly token: string;
  readonly externalCustomerId: string | null;
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
  const { source, storedOnFile, by } = initiation({
    source: wanted.payment.source,
    storedOnFile: wanted.payment.storedOnFile,
    saveCredential: order.saveCredential,
    credential: means.kind,
    hasPayer: order.payerId !== null,
    allowedSources: wanted.allowedSources,
  });
  order.source = source;
  order.storedOnFile = storedOnFile;

  const { amount, captureMode, returnUrl } = order;
  return openOperation(
    file,
    {
      type: 'PAYMENT',
      amount,
      request: {
        token: means.token,
        externalCustomerId: means.externalCustomerId,
        by,
        store: storedOnFile === 'TO_BE_STORED',
        returnUrl,
        receiptEmail: wanted.payerEmail,
      },
    },
    [{ type: captureMode === 'MANUAL' ? 'AUTHORIZATION' : 'SALE', amount }],
    transaction.now,
  );
}

async function meansOf(transaction: Transaction, order: OrderRow, { credential }: NewPaymentDetails): Promise<Means> {
  const { merchantId, mode, payerId, accountId } = order;
  const owner = { merchantId, mode };
  if ('token' in credential) {
    const { token, externalCustomerId } = credential;
    // Without its customer the payment system itself refuses a token that belongs to one.
    if (externalCustomerId) await assertNotAnothers(transaction, { owner, token, payerId, accountId });
    return { kind: externalCustomerId ? 'CUSTOMER_TOKEN' : 'TOKEN', token, externalCustomerId };
  }
  const stored = await usableCredential(transaction, {
    owner,
    credentialId: credential.storedCredentialId,
    payerId,
    accountId,
  });
  order.payerId = stored.payerId;
  return { kind: 'STORED', token: stored.externalId, externalCustomerId: stored.externalCustomerId };
}
