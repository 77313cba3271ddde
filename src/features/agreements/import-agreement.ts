import { instantAt } from '../../kernel/calendar.js';
import { DomainError } from '../../kernel/errors.js';
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
import { type AgreementCaller, agreementOnce, explained, madeBefore } from './agreement-once.js';
import type { AgreementPlan, Faults } from './agreement-plan.js';
import type { AgreementRow } from './agreement-rows.js';
import { advance, insertAgreement } from './change-agreement.js';
import { chargingMerchant } from './charging-merchant.js';
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
  /** The day of the last of them; null: not known, so that no distance to it is kept. */
  readonly lastPaymentDate: string | null;
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
    if (before) return { before };
    const { account } = await planned(transaction, wanted);
    return { account };
  });
  if (before) return before;
  const known = await knownCredential(carriers, account, wanted);
  const there = { ...wanted, accountId: account.id };
  return agreementOnce(carriers.units, operatorId, idempotency, (transaction) =>
    takeOver(transaction, there, caller.keyId, (payerId) => credentialOf(transaction, there, payerId, known)),
  );
}

/**
 * An import as far as it goes without asking the payment system, for units that
 * keep nothing of it: whether a token is known there is not said.
 */
export function rehearseImport(
  { units }: Pick<Carriers, 'units'>,
  { operatorId, keyId }: AgreementCaller,
  wanted: ImportedAgreement,
): Promise<AgreementRow> {
  return units
    .sql(operatorId, (transaction) =>
      takeOver(transaction, wanted, keyId, async (payerId, accountId) => {
        const there = { ...wanted, accountId };
        if (!('token' in wanted.credential)) return credentialOf(transaction, there, payerId, null);
        await assertTokenNotAnothers(transaction, there, payerId, wanted.credential.token);
        return null;
      }),
    )
    .catch(explained);
}

async function takeOver(
  transaction: Transaction,
  wanted: ImportedAgreement,
  by: string,
  credentialFor: (payerId: string, accountId: string) => Promise<string | null>,
): Promise<AgreementRow> {
  const { merchantId, mode, firstTransaction } = wanted;
  const payer = await resolvePayer(transaction, { merchantId, mode }, wanted.payer);
  const { agreement, account } = await planned(transaction, wanted);
  const credentialId = await credentialFor(payer.id, account.id);
  Object.assign(agreement, { payerId: payer.id, credentialId });
  agreement.firstCitAt = instantAt(firstTransaction.date, '00:00', agreement.timeZone);
  agreement.firstCitReference = firstTransaction.reference;
  // Without anything to charge it is not in force: only a rehearsal, which has not looked for the token, comes here so.
  if (credentialId !== null) advance(agreement, 'establish');
  insertAgreement(transaction, { agreement, charges: [] }, by);
  return agreement;
}

/** The agreement as it is to be, still nobody's: whatever is wrong with it is told before its token is looked at. */
async function planned(
  transaction: Transaction,
  wanted: ImportedAgreement,
): Promise<{ readonly agreement: AgreementRow; readonly account: AccountRow }> {
  const { operatorId, now } = transaction;
  const { merchantId, mode, accountId: wantedAccountId, paymentsMade, lastPaymentDate } = wanted;
  const { timeZone, defaultAccountId } = await chargingMerchant(transaction, merchantId);
  const choice = { operatorId, mode, wantedAccountId, merchantDefaultId: defaultAccountId };
  const account = await accountFor(transaction, choice);
  const alsoWrong = (faults: Faults, today: string) => importFaults(wanted, today, faults);
  const plan = { ...wanted, installments: null, begun: { paymentsMade, lastPaymentDate }, alsoWrong };
  const agreement = newAgreement(plan, { merchantId, mode, accountId: account.id, payerId: '' }, timeZone, now);
  await assertAmountsAccepted(transaction, agreement);
  return { agreement, account };
}

/** The token as the payment system has it: it must be there, and belong to the customer that was named. */
async function knownCredential(
  carriers: Carriers,
  account: AccountRow,
  { credential }: ImportedAgreement,
): Promise<CredentialSnapshot | null> {
  if (!('token' in credential)) return null;
  await carriers.turnAt?.(account);
  const answer = await carriers.gateways.gatewayFor(account).retrieveCredential(credential.token);
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
    await assertTokenNotAnothers(transaction, wanted, payerId, known.externalId);
    const kept = await keepCredential(transaction, payerId, accountId, known);
    if (kept) return kept;
  }
  const credentialId = 'storedCredentialId' in credential ? credential.storedCredentialId : null;
  const stored = await usableCredential(transaction, { owner: { merchantId, mode }, credentialId, payerId, accountId });
  return stored.id;
}

function assertTokenNotAnothers(
  transaction: Transaction,
  { merchantId, mode, accountId }: ImportedAgreement & { readonly accountId: string },
  payerId: string,
  token: string,
): Promise<void> {
  return assertNotAnothers(transaction, { owner: { merchantId, mode }, token, payerId, accountId });
}

function importFaults(
  { firstTransaction, paymentsMade, lastPaymentDate, given }: ImportedAgreement,
  today: string,
  faults: Faults,
): void {
  const { date } = firstTransaction;
  const { numberOfPayments } = given.terms;
  if (date > today) faults.add(['firstTransaction', 'date'], `must not be after today, ${today}, but is ${date}`);
  if (lastPaymentDate !== null && lastPaymentDate > today)
    faults.add(['lastPaymentDate'], `must not be after today, ${today}, but is ${lastPaymentDate}`);
  if (lastPaymentDate !== null && lastPaymentDate < date)
    faults.add(['lastPaymentDate'], `must not be before firstTransaction.date, ${date}, but is ${lastPaymentDate}`);
  if (numberOfPayments !== null && paymentsMade >= numberOfPayments) {
    faults.add(
      ['paymentsMade'],
      `must be less than terms.numberOfPayments, ${numberOfPayments}, but is ${paymentsMade}: nothing is left to be charged`,
    );
  }
}
