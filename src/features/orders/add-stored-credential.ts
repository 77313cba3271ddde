import type { Currency } from '../../kernel/currency.js';
import { DomainError, invalidInput, notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { credentialById, type PayerDetails } from '../payers/index.js';
import type { Mode } from '../tenancy/index.js';
import type { Caller } from './caller.js';
import type { Carriers } from './carrier.js';
import { createOrder } from './create-order.js';
import type { PaymentGiven } from './new-order.js';
import type { OrderFile } from './order-rows.js';

/** A means of payment that is to be stored for its payer, checked for form by the edge. */
export interface CredentialToAdd {
  readonly merchantId: string;
  readonly mode: Mode;
  /** The account named by the caller; null lets the merchant's default decide. */
  readonly accountId: string | null;
  readonly payer: PayerDetails;
  readonly payment: PaymentGiven;
  /** The merchant's number of the order that the check is; null: we make one. */
  readonly orderNumber: string | null;
  readonly currency: Currency;
  readonly returnUrl: string | null;
}

/**
 * Stores a payer's means of payment without taking money: an order of nothing,
 * whose payment is a check by the payer's bank. It is carried out, looked for
 * and reconciled as any payment is; what it stores is on the order.
 */
export async function addStoredCredential(
  carriers: Carriers,
  caller: Caller,
  wanted: CredentialToAdd,
  idempotency: IdempotentRequest,
): Promise<OrderFile> {
  await assertNew(carriers, caller, wanted);
  const { orderNumber, currency, ...rest } = wanted;
  const check = {
    ...rest,
    orderNumber: orderNumber ?? `check-${newUuid()}`,
    amount: Money.of(0n, currency),
    captureMode: 'AUTOMATIC',
    saveCredential: true,
    description: null,
    callbackUrl: null,
    expiresAt: null,
    metadata: {},
    agreement: null,
  } as const;
  return createOrder(carriers, caller, check, idempotency);
}

/** What is stored cannot be added once more, and what is not to be stored is not checked for it. */
async function assertNew(
  { units }: Carriers,
  { operatorId }: Caller,
  { merchantId, mode, payment: { credential, storedOnFile } }: CredentialToAdd,
): Promise<void> {
  if ('storedCredentialId' in credential) {
    const { storedCredentialId: id } = credential;
    const stored = id && (await units.sql(operatorId, (transaction) => credentialById(transaction, id)));
    if (!stored || stored.merchantId !== merchantId || stored.mode !== mode) throw notFound('stored credential');
    const path = ['payment', 'credential', 'storedCredentialId'];
    throw invalidInput([{ path, message: 'is stored already; to add another means of payment give its token' }]);
  }
  if (storedOnFile === null || storedOnFile === 'TO_BE_STORED') return;
  throw new DomainError(
    'STORED_ON_FILE_CONFLICT',
    `storedOnFile: what is added is TO_BE_STORED, not ${storedOnFile}; leave it out`,
  );
}
