import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { nextState } from '../../kernel/state-machine.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { type ChargeAttempt, chargeFile, insertCharges, type OrderFile } from '../orders/index.js';
import { type AccountRow, heldAccountOf } from '../payment-systems/index.js';
import { agreementClaim } from './agreement-claim.js';
import { type AgreementFile, type AgreementRow, type ChargeRow, money } from './agreement-rows.js';
import { CREDENTIAL_FOR_AGREEMENT, MERCHANT_FOR_AGREEMENT, TRIES_OF_CREDENTIAL } from './agreements-sql.js';
import { CHARGE_TRANSITIONS } from './domain/agreement-status.js';
import { CARD_TRIES_MAX, isResubmission, TRIES_COUNTED_MS } from './domain/dunning.js';
import type { ChargeKind } from './domain/words.js';
import { renumber } from './free-numbers.js';
import { chargeNumber } from './order-numbers.js';

export type MerchantForCharge = {
  timeZone: string;
  allowedSources: TransactionSource[];
  retryDays: number[];
};

export type CredentialForCharge = {
  id: string;
  payerId: string;
  accountId: string;
  externalId: string;
  externalCustomerId: string;
  status: 'ACTIVE' | 'REMOVED';
  type: 'CARD' | 'SCHEME_TOKEN' | 'BANK_ACCOUNT';
  expiryMonth: number | null;
  expiryYear: number | null;
  email: string | null;
};

/** What a charge is made with, besides its agreement. */
export interface ChargeMeans {
  readonly merchant: MerchantForCharge;
  readonly credential: CredentialForCharge;
  readonly account: Pick<AccountRow, 'kind' | 'status'>;
  /** Of the credential, under all agreements, lately. */
  readonly failedTries: number;
}

/** How long a payer may take to confirm a charge that their bank wants to see them for. */
const PAYER_MAY_CONFIRM_MS = 7 * 24 * 60 * 60 * 1000;

export async function chargeMeans(transaction: Transaction, agreement: AgreementRow): Promise<ChargeMeans> {
  const { operatorId } = transaction;
  const { credentialId, merchantId } = agreement;
  const since = triesSince(transaction.now);
  const [[merchant], [credential], [failed], account] = await Promise.all([
    transaction.query<MerchantForCharge>(MERCHANT_FOR_AGREEMENT, [operatorId, merchantId]),
    transaction.query<CredentialForCharge>(CREDENTIAL_FOR_AGREEMENT, [operatorId, credentialId]),
    transaction.query<{ tries: number }>(TRIES_OF_CREDENTIAL, [operatorId, credentialId, since]),
    heldAccountOf(transaction, operatorId, agreement.accountId),
  ]);
  if (!merchant) throw new Error(`agreement ${agreement.id} has no merchant`);
  if (!credential) {
    throw new DomainError('NEW_CIT_REQUIRED', 'the payer has not made the first transaction of this agreement yet');
  }
  if (credential.status === 'ACTIVE') return { merchant, credential, account, failedTries: failed?.tries ?? 0 };
  throw new DomainError(
    'CREDENTIAL_UNUSABLE',
    "the agreement's means of payment was removed: the payer gives another one with replaceAgreementCredential",
  );
}

/** From when on the tries of a card count. */
export function triesSince(now: Date): Date {
  return later(now, -TRIES_COUNTED_MS);
}

/** One more try would be one more than the schemes allow; they do not count those of bank accounts. */
export function isAtSchemeLimit({ credential, failedTries }: ChargeMeans): boolean {
  return credential.type !== 'BANK_ACCOUNT' && failedTries >= CARD_TRIES_MAX;
}

/** What somebody asks for is refused by the same limits that stop the schedule. */
export async function meansToCharge(transaction: Transaction, agreement: AgreementRow): Promise<ChargeMeans> {
  const means = await chargeMeans(transaction, agreement);
  if (isAtSchemeLimit(means)) {
    throw new DomainError(
      'AGREEMENT_LIMIT_EXCEEDED',
      `the card was declined ${means.failedTries} times in 30 days, and the card schemes allow no more than ${CARD_TRIES_MAX} tries: wait, or have the payer give another one with replaceAgreementCredential`,
    );
  }
  const { account } = means;
  if (account.status === 'ACTIVE') return means;
  throw new DomainError(
    'PAYMENT_SYSTEM_UNAVAILABLE',
    account.status === 'DISCONNECTED'
      ? "the agreement's payment system account is disconnected, and what it stored can be charged nowhere else"
      : "the payment system no longer accepts the keys of the agreement's account: replace them with rotatePaymentSystemKeys",
    [],
    false,
  );
}

export interface NewCharge {
  readonly kind: ChargeKind;
  readonly number: number | null;
  readonly amount: bigint;
  readonly plannedAt: Date;
}

/** What is to be charged, once. Its amount is frozen here; a period's number is taken. */
export function newCharge(file: AgreementFile, wanted: NewCharge, now: Date): ChargeRow {
  const { agreement } = file;
  if (wanted.number !== null) agreement.nextNumber = Math.max(agreement.nextNumber, wanted.number + 1);
  const charge: ChargeRow = {
    ...wanted,
    id: newUuid(),
    agreementId: agreement.id,
    status: 'OPEN',
    attempts: 0,
    declines: 0,
    technicalFailures: 0,
    firstFailedAt: null,
    lastAttemptAt: null,
    retryAt: null,
    liveOrderId: null,
    lastOrderId: null,
    declineCode: null,
    gaveUpBecause: null,
    giveUpAs: null,
    createdAt: now,
    finishedAt: null,
  };
  file.charges.push(charge);
  return charge;
}

export interface AttemptDetails {
  readonly orderNumber?: string | null;
  readonly description?: string | null;
  /** What it is to pay, if anything: of all orders for it at most one is live or paid. */
  readonly invoiceId?: string | null;
  /** The usual order number belongs to another order: take one of its own. */
  readonly isNumberTaken?: boolean;
}

/** The next attempt at a charge, as an order of the merchant's; the rules have the last word when it is accepted. */
export function attemptAt(
  file: AgreementFile,
  charge: ChargeRow,
  { merchant, credential, account }: ChargeMeans,
  details: AttemptDetails,
  now: Date,
): ChargeAttempt {
  const { agreement } = file;
  const { merchantId, mode, accountId, payerId, metadata } = agreement;
  return {
    merchantId,
    mode,
    accountId,
    accountKind: account.kind,
    payerId,
    payerEmail: credential.email,
    credential,
    chargeId: charge.id,
    orderNumber: details.orderNumber ?? chargeNumber(agreement, charge),
    amount: money(agreement, charge.amount),
    description: details.description ?? null,
    invoiceId: details.invoiceId ?? null,
    metadata,
    expiresAt: later(now, PAYER_MAY_CONFIRM_MS),
    agreement: agreementClaim(file, {
      position: 'LATER',
      charge,
      credentialId: credential.id,
      seriesOfOrder: null,
      now,
    }),
    allowedSources: merchant.allowedSources,
    resubmission: isResubmission(charge.declineCode),
  };
}

/** Writes on the charge that this order is now the attempt at it. */
export function markAttempt(charge: ChargeRow, { order }: OrderFile, now: Date): void {
  charge.attempts += 1;
  charge.lastAttemptAt = now;
  charge.retryAt = null;
  charge.liveOrderId = order.id;
  charge.lastOrderId = order.id;
}

/** What was given up is charged again: the merchant's policy begins anew, while the attempts stay what they were. */
export function reopen(charge: ChargeRow): void {
  charge.status = nextState(CHARGE_TRANSITIONS, charge.status, 'reopen');
  charge.gaveUpBecause = null;
  charge.finishedAt = null;
  charge.declines = 0;
  charge.technicalFailures = 0;
  charge.firstFailedAt = null;
}

/** Makes the next attempt at a charge. What was given up before is opened again by it. */
export function openAttempt(
  transaction: Transaction,
  file: AgreementFile,
  charge: ChargeRow,
  means: ChargeMeans,
  details: AttemptDetails = {},
): OrderFile {
  const { now } = transaction;
  if (charge.status === 'FAILED') reopen(charge);
  const order = chargeFile(attemptAt(file, charge, means, details, now), now);
  if (details.isNumberTaken) renumber(order);
  insertCharges(transaction, [order]);
  markAttempt(charge, order, now);
  return order;
}
