import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { type Carriers, carrierFor, carryOutPayment, lockedFile, type OrderFile } from '../orders/index.js';
import { type AgreementCaller, agreementById, assertAgreementVisible } from './agreement-once.js';
import { Faults } from './agreement-plan.js';
import type { AgreementFile, AgreementRow } from './agreement-rows.js';
import { changeAgreement } from './change-agreement.js';
import { onReportedBalance } from './domain/top-up.js';
import { withFreeNumbers } from './free-numbers.js';
import { liveAttempts } from './make-room.js';
import { meansToCharge, newCharge, openAttempt } from './open-attempt.js';

export interface BalanceReport {
  readonly agreementId: string;
  /** Decimal, in the agreement's currency; below zero is below any threshold. */
  readonly balance: string;
}

/** Takes in what a payer's balance is, and tops it up when it has fallen below the threshold: once for each time it does. */
export async function reportBalance(
  carriers: Carriers,
  caller: AgreementCaller,
  report: BalanceReport,
  idempotency: IdempotentRequest,
): Promise<{ readonly agreement: AgreementRow; readonly file: OrderFile | null }> {
  const { operatorId } = caller;
  const claimed = await withFreeNumbers((isNumberTaken) =>
    carriers.units.sql(operatorId, (transaction) =>
      idempotently(
        transaction,
        idempotency,
        async () => {
          const file = await topUp(transaction, caller, report, isNumberTaken);
          return { result: file ? { orderId: file.order.id } : {}, value: { file, isNew: true } };
        },
        async ({ orderId }) => ({ file: orderId ? await lockedFile(transaction, orderId) : null, isNew: false }),
      ),
    ),
  );
  const file = claimed.file && claimed.isNew ? await carryOut(carriers, operatorId, claimed.file) : claimed.file;
  const agreement = await carriers.units.sql(operatorId, (tx) => agreementById(tx, report.agreementId));
  return { agreement, file };
}

async function carryOut(carriers: Carriers, operatorId: string, file: OrderFile): Promise<OrderFile> {
  return carryOutPayment(await carrierFor(carriers, operatorId, file.order.accountId), file);
}

async function topUp(
  transaction: Transaction,
  caller: AgreementCaller,
  report: BalanceReport,
  isNumberTaken: boolean,
): Promise<OrderFile | null> {
  const charge = async (file: AgreementFile): Promise<OrderFile | null> => {
    const { agreement } = file;
    assertAgreementVisible(agreement, caller);
    const { topUpThreshold: threshold, topUpAmount, isBelow } = agreement;
    if (threshold === null || topUpAmount === null) {
      throw new DomainError('ILLEGAL_TRANSITION', 'the agreement has no topUp; give it one with updateAgreement');
    }
    const reported = onReportedBalance({ threshold, isBelow }, balanceOf(agreement, report.balance));
    // Whether the last charge was paid is not known yet: a later report tells whether another is needed.
    const attempts = reported.charge ? await liveAttempts(transaction, file.charges) : [];
    if (attempts.some(({ paymentStatus }) => paymentStatus !== 'PROCESSING')) return null;
    agreement.isBelow = reported.isBelow;
    if (!reported.charge) return null;
    const means = await meansToCharge(transaction, agreement);
    const { now } = transaction;
    const wanted = newCharge(file, { kind: 'TOP_UP', number: null, amount: topUpAmount, plannedAt: now }, now);
    return openAttempt(transaction, file, wanted, means, { isNumberTaken });
  };
  const { result } = await changeAgreement(transaction, report.agreementId, caller.keyId, charge);
  return result;
}

function balanceOf({ currency }: AgreementRow, text: string): bigint {
  const faults = new Faults(currency);
  const balance = faults.amount(['balance'], text);
  faults.throwIfAny();
  return balance?.minor ?? 0n;
}
