import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers } from '../orders/index.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import { HAS_FIRST_TRANSACTION } from './agreement-reads-sql.js';
import { type AgreementFile, type AgreementRow, chargingSchedule, isOwed } from './agreement-rows.js';
import { advance, changeAgreement } from './change-agreement.js';
import { indexOf } from './domain/numbering.js';
import { occurrence } from './domain/schedule.js';
import { chargeMeans, reopen } from './open-attempt.js';
import { endOf, skipTo } from './plan.js';

/**
 * Goes on with a suspended agreement. What fell due meanwhile is passed over,
 * never piled up; the parts of an instalment plan that failed are owed, and
 * tried again at once.
 */
export function resumeAgreement(
  { units }: Carriers,
  caller: AgreementCaller,
  { agreementId }: { readonly agreementId: string },
  idempotency: IdempotentRequest,
): Promise<AgreementRow> {
  return agreementOnce(units, caller.operatorId, idempotency, async (transaction) => {
    const { file } = await changeAgreement(transaction, agreementId, caller.keyId, async (file) => {
      const { agreement } = file;
      assertAgreementVisible(agreement, caller);
      if (agreement.status === 'ACTIVE' || agreement.status === 'PAST_DUE') return;
      assertNotExpired(agreement, transaction.now);
      await assertConsented(transaction, agreement);
      advance(agreement, 'resume');
      await chargeMeans(transaction, agreement);
      if (isMissed(agreement, transaction.now)) skipTo(file, transaction.now);
      reopenParts(file, transaction.now);
    });
    return file.agreement;
  });
}

/** A hold that was let go is no first transaction, and nothing may be charged without one; another one has been made by `replaceAgreementCredential`. */
async function assertConsented(transaction: Transaction, agreement: AgreementRow): Promise<void> {
  const { id, credentialId, suspendedBecause } = agreement;
  if (suspendedBecause !== 'FIRST_PAYMENT_UNDONE') return;
  const key = [transaction.operatorId, id, credentialId];
  const [first] = await transaction.query<{ stands: boolean }>(HAS_FIRST_TRANSACTION, key);
  if (first?.stands) return;
  throw new DomainError(
    'NEW_CIT_REQUIRED',
    "the payer's first payment was released before it was captured: the payer makes another first transaction with replaceAgreementCredential",
  );
}

/** The billing run may not have come to it yet, and the payer's consent ended with the day. */
function assertNotExpired(agreement: AgreementRow, now: Date): void {
  const ends = endOf(agreement);
  if (!ends || ends > now) return;
  throw new DomainError('ILLEGAL_TRANSITION', `cannot resume an agreement that ended with ${agreement.expiryDate}`);
}

function isMissed(agreement: AgreementRow, now: Date): boolean {
  const schedule = chargingSchedule(agreement);
  const next = schedule && occurrence(schedule, indexOf(agreement, agreement.nextNumber));
  return next !== null && next.at <= now;
}

function reopenParts({ agreement, charges }: AgreementFile, now: Date): void {
  if (agreement.type !== 'INSTALLMENT') return;
  for (const charge of charges) {
    if (charge.status !== 'FAILED' || !isOwed(charge)) continue;
    reopen(charge);
    charge.retryAt = now;
  }
}
