import { later } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OrderFile } from '../orders/index.js';
import { type AgreementFile, isInForce } from './agreement-rows.js';
import { changeAgreement } from './change-agreement.js';
import { extraCharge } from './charge-agreement.js';
import { HOUR_MS, isUnknown, liveAttempts, SOON_MS } from './make-room.js';
import { chargeMeans, isAtSchemeLimit, openAttempt } from './open-attempt.js';

/** What is to be charged beside an agreement's own plan, and by which order. */
export interface ExtraCharge {
  readonly amount: Money;
  readonly orderNumber: string;
  readonly description: string;
  readonly invoiceId: string;
  /** Why the last attempt to have it paid failed: a charge made again for want of funds is marked as such. */
  readonly lastDeclineCode: string | null;
}

export type ExtraRefusal = 'NOT_IN_FORCE' | 'CREDENTIAL_UNUSABLE' | 'SCHEME_LIMIT' | 'TERMS';

export type ExtraClaim =
  /** Committed with the caller's transaction, and then to be carried out. */
  | { readonly kind: 'CLAIMED'; readonly file: OrderFile }
  | { readonly kind: 'NOT_WANTED' }
  /** Something is settled first that is nobody's decision. */
  | { readonly kind: 'LATER'; readonly at: Date }
  | { readonly kind: 'REFUSED'; readonly because: ExtraRefusal; readonly detail: string };

/**
 * Claims a charge that a feature above asks for, under all of the agreement's
 * limits and in the transaction of whoever asks. `wanted` is called once the
 * agreement is locked, which comes before the lock of what is to be paid; null
 * where it is not to be paid any more. A refusal has written nothing.
 */
export async function claimExtraCharge(
  transaction: Transaction,
  agreementId: string,
  wanted: () => Promise<ExtraCharge | null>,
  isNumberTaken: boolean,
): Promise<ExtraClaim> {
  const { result } = await changeAgreement(transaction, agreementId, null, async (file) => {
    const extra = await wanted();
    if (!extra) return { kind: 'NOT_WANTED' } as const;
    const known = file.charges.length;
    try {
      return await claim(transaction, file, extra, isNumberTaken);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      file.charges.length = known;
      const because = error.code === 'CREDENTIAL_UNUSABLE' ? error.code : 'TERMS';
      return refused(because, error.message);
    }
  });
  return result;
}

async function claim(
  transaction: Transaction,
  file: AgreementFile,
  { amount, lastDeclineCode, ...details }: ExtraCharge,
  isNumberTaken: boolean,
): Promise<ExtraClaim> {
  const { now } = transaction;
  const { agreement } = file;
  if (!isInForce(agreement)) return refused('NOT_IN_FORCE', `its agreement is ${agreement.status}`);
  // What a payment that may just have been made leaves of the limits is known when its outcome is.
  if ((await liveAttempts(transaction, file.charges)).some(isUnknown))
    return { kind: 'LATER', at: later(now, SOON_MS) };
  const means = await chargeMeans(transaction, agreement);
  // New keys are a matter of hours, and nobody's bank has said no.
  if (means.account.status === 'KEYS_REJECTED') return { kind: 'LATER', at: later(now, HOUR_MS) };
  if (means.account.status === 'DISCONNECTED') return refused('TERMS', "the agreement's account is disconnected");
  if (isAtSchemeLimit(means)) {
    return refused('SCHEME_LIMIT', `the card was declined ${means.failedTries} times in 30 days`);
  }
  if (amount.currency !== agreement.currency) {
    return refused('TERMS', `the agreement is in ${agreement.currency}, and ${amount} is owed`);
  }
  const charge = extraCharge(file, amount.toDecimal(), now);
  charge.declineCode = lastDeclineCode;
  return { kind: 'CLAIMED', file: openAttempt(transaction, file, charge, means, { ...details, isNumberTaken }) };
}

function refused(because: ExtraRefusal, detail: string): ExtraClaim {
  return { kind: 'REFUSED', because, detail };
}
