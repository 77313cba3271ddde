import { instantAt, localDateAt } from '../../kernel/calendar.js';
import { DomainError, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers, NewPaymentDetails } from '../orders/index.js';
import {
  assertNotAnothers,
  keepCredential,
  type PayerDetails,
  resolvePayer,
  usableCredential,
} from '../payers/index.js';
import { type AccountRow, accountFor, type CredentialSnapshot } from '../payment-systems/index.js';
import { assertAmountsAccepted } from './accepted-amounts.js';
import { type AgreementCaller, agreementOnce, madeBefore } from './agreement-once.js';
import type { AgreementPlan, Faults } from './agreement-plan.js';
import { type AgreementRow, scheduleOf } from './agreement-rows.js';
import { MERCHANT_FOR_AGREEMENT } from './agreements-sql.js';
import { advance, insertAgreement } from './change-agreement.js';
import { zoneOf } from './create-agreement.js';
import { replan } from './domain/numbering.js';
import { newAgreement } from './new-agreement.js';

export interface ImportedAgreement extends Omit<AgreementPlan, 'installments'> {
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
  readonly accountId: string | null;
  readonly payer: PayerDetails;
  readonly credential: NewPaymentDetails['credential'];
  /** The payer's first transaction, made elsewhere: its date, and the card scheme's reference of it. */
  readonly firstTransaction: { readonly date: string; readonly reference: string };
  /** Merchant-initiated payments that were made before. */
  readonly paymentsMade: number;
}

/**
 * Takes over an agreement from another gateway. The payer is not asked again:
 * their first transaction was made there, and its date and reference are kept
 * as the evidence that the schemes want.
 */
export async function importAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: ImportedAgreement,
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  const { operatorId } = caller;
  const { before, account } = await carriers.units.sql(operatorId, async (transaction) => {
    const before = await madeBefore(transaction, idempotency);
    return before ? { before } : { account: await accountOf(transaction, wanted) };
  });
  if (before) return before;
  const known = await knownCredential(carriers, account, wanted);
  return agreementOnce(carriers.units, operatorId, idempotency, async (transaction) => {
    const { merchantId, mode, firstTransaction, paymentsMade } = wanted;
    const payer = await resolvePayer(transaction, { merchantId, mode }, wanted.payer);
    const credentialId = await credentialOf(transaction, { ...wanted, accountId: account.id }, payer.id, known);
    const zone = await zoneOf(transaction, merchantId);
    const owner = { merchantId, mode, accountId: account.id, payerId: payer.id };
    const alsoWrong = (faults: Faults, today: string) => importFaults(wanted, today, faults);
    const plan = { ...wanted, installments: null, hasBegun: true, alsoWrong };
    const agreement = newAgreement(plan, owner, zone, transaction.now);
    await assertAmountsAccepted(transaction, agreement);
    passOver(agreement, transaction.now);
    agreement.credentialId = credentialId;
    agreement.paymentsMade = paymentsMade;
    agreement.firstCitAt = instantAt(firstTransaction.date, '00:00', agreement.timeZone);
    agreement.firstCitReference = firstTransaction.reference;
    advance(agreement, 'establish');
    insertAgreement(transaction, { agreement, charges: [] }, caller.keyId);
    return agreement;
  });
}

function accountOf(transaction: Transaction, { merchantId, mode, accountId }: ImportedAgreement): Promise<AccountRow> {
  const { operatorId } = transaction;
  const merchantDefaultId = defaultAccountOf(transaction, merchantId);
  return accountFor(transaction, { operatorId, mode, wantedAccountId: accountId, merchantDefaultId });
}

async function defaultAccountOf(transaction: Transaction, merchantId: string): Promise<string | null> {
  const key = [transaction.operatorId, merchantId];
  const [merchant] = await transaction.query<{ defaultAccountId: string | null }>(MERCHANT_FOR_AGREEMENT, key);
  if (!merchant) throw notFound('merchant');
  return merchant.defaultAccountId;
}

/** The token as the payment system has it: it must be there, and belong to the customer that was named. */
async function knownCredential(
  { gateways }: Carriers,
  account: AccountRow,
  { credential }: ImportedAgreement,
): Promise<CredentialSnapshot | null> {
  if (!('token' in credential)) return null;
  const answer = await gateways.gatewayFor(account).retrieveCredential(credential.token);
  if (answer.kind === 'unknown' || answer.kind === 'busy') {
    throw new DomainError(
      'PAYMENT_SYSTEM_UNAVAILABLE',
      'the payment system did not answer; nothing was imported, try again',
    );
  }
  const found = answer.kind === 'done' ? answer.value : null;
  if (found && found.externalCustomerId === credential.externalCustomerId) return found;
  throw new DomainError(
    'CREDENTIAL_UNUSABLE',
    'credential.token: the payment system knows no such means of payment of this customer; give both as they are there',
  );
}

async function credentialOf(
  transaction: Transaction,
  wanted: ImportedAgreement & { readonly accountId: string },
  payerId: string,
  known: CredentialSnapshot | null,
): Promise<string> {
  const { merchantId, mode, accountId, credential } = wanted;
  if (known) {
    const owner = { merchantId, mode };
    await assertNotAnothers(transaction, { owner, token: known.externalId, payerId, accountId });
    const kept = await keepCredential(transaction, payerId, accountId, known);
    if (kept) return kept;
  }
  const credentialId = 'storedCredentialId' in credential ? credential.storedCredentialId : null;
  const stored = await usableCredential(transaction, { owner: { merchantId, mode }, credentialId, payerId, accountId });
  return stored.id;
}

function importFaults(
  { firstTransaction, paymentsMade, given }: ImportedAgreement,
  today: string,
  faults: Faults,
): void {
  const { date } = firstTransaction;
  const { numberOfPayments } = given.terms;
  if (date > today) faults.add(['firstTransaction', 'date'], `must not be after today, ${today}, but is ${date}`);
  if (numberOfPayments !== null && paymentsMade >= numberOfPayments) {
    faults.add(
      ['paymentsMade'],
      `must be less than terms.numberOfPayments, ${numberOfPayments}, but is ${paymentsMade}: nothing is left to be charged`,
    );
  }
}

/** Its anchor is kept, so that the 31st stays the 31st; periods before today were charged elsewhere and have no number here. */
function passOver(agreement: AgreementRow, now: Date): void {
  const schedule = scheduleOf(agreement);
  if (!schedule || schedule.startDate >= localDateAt(now, agreement.timeZone)) return;
  Object.assign(agreement, replan(schedule, { nextNumber: agreement.nextNumber, after: now, lastDate: null }));
}
