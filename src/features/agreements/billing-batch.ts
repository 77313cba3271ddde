import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { chargeFile, insertCharges, type OrderFile } from '../orders/index.js';
import type { AccountRow, PaymentSystemKind } from '../payment-systems/index.js';
import type { AgreementFile, AgreementRow, ChargeRow } from './agreement-rows.js';
import {
  ADVANCE_AGREEMENTS,
  AGREEMENTS_WITH_OPEN_CHARGES,
  CLAIM_DUE_AGREEMENTS,
  INSERT_CHARGES,
} from './agreements-sql.js';
import { announce, announceCardEnd } from './announce-charges.js';
import { renumberTaken } from './free-numbers.js';
import {
  attemptAt,
  type ChargeMeans,
  type CredentialForCharge,
  isAtSchemeLimit,
  markAttempt,
  newCharge,
  triesSince,
} from './open-attempt.js';
import { amountOfNumber, endOf, settlePlan } from './plan.js';

/** An agreement that is due, with all that a charge under it is made with. */
type DueAgreement = AgreementRow & {
  allowedSources: TransactionSource[];
  retryDays: number[];
  externalId: string | null;
  externalCustomerId: string | null;
  credentialStatus: 'ACTIVE' | 'REMOVED' | null;
  credentialType: CredentialForCharge['type'] | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  email: string | null;
  isSuspended: boolean;
  accountKind: PaymentSystemKind;
  accountStatus: AccountRow['status'];
  failedTries: number;
};

export interface BillingBatch {
  /** How many agreements were due: 0 ends the run. */
  readonly claimed: number;
  /** Accepted and committed; to be carried out. */
  readonly files: readonly OrderFile[];
  /** Agreements that need a closer look than a batch takes. */
  readonly others: readonly string[];
}

/** What is looked at one by one is left alone for so long: should its worker die, it is due again. */
const LOOKED_AT_WITHIN_MS = 60_000;

/** When the next period is due already, it waits for so long for the outcome of this one, which makes it due at once. */
const OUTCOME_WITHIN_MS = 60_000;

/**
 * Claims an operator's due agreements and makes their charges, a hundred at a
 * time: agreement, charge, order, operation and transaction are committed
 * together before anybody outside hears of it. So there is no lease that could
 * lapse, and whoever runs this twice at once finds the rows taken or done.
 */
export async function claimBatch(transaction: Transaction, areNumbersTaken = false): Promise<BillingBatch> {
  const { operatorId, now } = transaction;
  const due = await transaction.query<DueAgreement>(CLAIM_DUE_AGREEMENTS, [operatorId, now, triesSince(now)]);
  const beingCharged = await withOpenCharges(transaction, due);
  const planned: PlannedCharge[] = [];
  const others: string[] = [];
  for (const row of due) {
    const plan = isPlain(row) && !beingCharged.has(row.id) ? planOf(transaction, row) : 'OTHER';
    if (plan === 'OTHER') {
      others.push(row.id);
      row.dueAt = later(now, LOOKED_AT_WITHIN_MS);
    } else if (plan !== 'ANNOUNCED') planned.push(plan);
  }
  const files = planned.map(({ order }) => order);
  if (areNumbersTaken) await renumberTaken(transaction, files);
  insertCharges(transaction, files);
  insertChargeRows(transaction, planned);
  if (due.length > 0) transaction.send(ADVANCE_AGREEMENTS, advanceParameters(transaction, due));
  return { claimed: due.length, files, others };
}

/**
 * Asked for once the rows are locked: a charge that the merchant asked for while
 * the claim waited for the lock is later than what the claim itself can see.
 */
async function withOpenCharges(transaction: Transaction, due: readonly AgreementRow[]): Promise<ReadonlySet<string>> {
  if (due.length === 0) return new Set();
  const ids = due.map(({ id }) => id);
  const open = await transaction.query<{ agreementId: string }>(AGREEMENTS_WITH_OPEN_CHARGES, [
    transaction.operatorId,
    ids,
  ]);
  return new Set(open.map(({ agreementId }) => agreementId));
}

/** The common case: in force, and what it is charged with is usable. */
function isPlain(row: DueAgreement): boolean {
  const { status, type, credentialStatus, accountStatus, isSuspended } = row;
  const isUsable = credentialStatus === 'ACTIVE' && accountStatus === 'ACTIVE' && !isSuspended;
  return status === 'ACTIVE' && type !== 'INSTALLMENT' && isUsable && !isAtSchemeLimit(meansOf(row));
}

interface PlannedCharge {
  readonly charge: ChargeRow;
  readonly order: OrderFile;
}

/** The charge of the period that is due, or only its announcement; what the rules refuse is looked at by itself. */
function planOf(transaction: Transaction, row: DueAgreement): PlannedCharge | 'ANNOUNCED' | 'OTHER' {
  const { now } = transaction;
  const ends = endOf(row);
  if (!row.nextChargeAt || (ends && ends <= now)) return 'OTHER';
  const file: AgreementFile = { agreement: row, charges: [] };
  if (row.nextChargeAt > now) {
    announce(transaction, row, row);
    settlePlan(file);
    return 'ANNOUNCED';
  }
  const number = row.nextNumber;
  const amount = amountOfNumber(row, number);
  if (amount === null) return 'OTHER';
  try {
    const charge = newCharge(file, { kind: 'SCHEDULED', number, amount, plannedAt: row.nextChargeAt }, now);
    const order = chargeFile(attemptAt(file, charge, meansOf(row), {}, now), now);
    markAttempt(charge, order, now);
    file.notBefore = later(now, OUTCOME_WITHIN_MS);
    settlePlan(file);
    announceCardEnd(transaction, row, row);
    return { charge, order };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    row.nextNumber = number;
    return 'OTHER';
  }
}

function meansOf(row: DueAgreement): ChargeMeans {
  const { allowedSources, retryDays, timeZone, payerId, accountId, email, expiryMonth, expiryYear } = row;
  return {
    failedTries: row.failedTries,
    account: { kind: row.accountKind, status: row.accountStatus },
    merchant: { timeZone, allowedSources, retryDays },
    credential: {
      id: row.credentialId ?? '',
      payerId,
      accountId,
      externalId: row.externalId ?? '',
      externalCustomerId: row.externalCustomerId ?? '',
      status: 'ACTIVE',
      type: row.credentialType ?? 'CARD',
      expiryMonth,
      expiryYear,
      email,
    },
  };
}

function insertChargeRows(transaction: Transaction, planned: readonly PlannedCharge[]): void {
  if (planned.length === 0) return;
  const charges = planned.map(({ charge }) => charge);
  const { operatorId, now } = transaction;
  transaction.send(INSERT_CHARGES, [
    operatorId,
    now,
    charges.map(({ id }) => id),
    charges.map(({ agreementId }) => agreementId),
    charges.map(({ number }) => number),
    charges.map(({ amount }) => amount),
    charges.map(({ plannedAt }) => plannedAt),
    charges.map(({ liveOrderId }) => liveOrderId),
  ]);
}

function advanceParameters({ operatorId, now }: Transaction, rows: readonly AgreementRow[]): unknown[] {
  return [
    operatorId,
    now,
    rows.map(({ id }) => id),
    rows.map(({ nextNumber }) => nextNumber),
    rows.map(({ nextChargeAt }) => nextChargeAt),
    rows.map(({ dueAt }) => dueAt),
    rows.map(({ noticedNumber }) => noticedNumber),
    rows.map(({ expiryNoticedNumber }) => expiryNoticedNumber),
  ];
}
