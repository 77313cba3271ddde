import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import type { Carriers } from '../orders/index.js';
import { type AgreementCaller, agreementOnce, assertAgreementVisible } from './agreement-once.js';
import type { AgreementFile, AgreementRow } from './agreement-rows.js';
import { scheduleOf } from './agreement-rows.js';
import { skipTo } from './attend-agreement.js';
import { advance, changeAgreement } from './change-agreement.js';
import { indexOf } from './domain/numbering.js';
import { occurrence } from './domain/schedule.js';
import { chargeMeans } from './open-attempt.js';

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
      advance(agreement, 'resume');
      await chargeMeans(transaction, agreement);
      if (isMissed(agreement, transaction.now)) skipTo(file, transaction.now);
      reopenParts(file, transaction.now);
    });
    return file.agreement;
  });
}

function isMissed(agreement: AgreementRow, now: Date): boolean {
  const schedule = scheduleOf(agreement);
  const next = schedule && occurrence(schedule, indexOf(agreement, agreement.nextNumber));
  return next !== null && next.at <= now;
}

function reopenParts({ agreement, charges }: AgreementFile, now: Date): void {
  if (agreement.type !== 'INSTALLMENT') return;
  for (const charge of charges) {
    if (charge.status !== 'FAILED' || charge.number === null) continue;
    Object.assign(charge, {
      status: 'OPEN',
      gaveUpBecause: null,
      finishedAt: null,
      declines: 0,
      attempts: 0,
      firstFailedAt: null,
      retryAt: now,
    });
  }
}
