import { daysBetween, localDateAt } from '../../kernel/calendar.js';
import type { AgreementClaim } from '../orders/index.js';
import { type AgreementFile, isInForce, money } from './agreement-rows.js';
import { chargeAmountOf, lastPaymentOn } from './plan.js';

export interface ClaimFacts {
  readonly position: AgreementClaim['position'];
  /** What the payment is paid with; null for what is not stored yet. */
  readonly credentialId: string | null;
  readonly seriesOfOrder: string | null;
  readonly now: Date;
}

/** The agreement as the schemes' rules need to know it. */
export function agreementClaim(file: AgreementFile, facts: ClaimFacts): AgreementClaim {
  const { agreement } = file;
  const { currency, timeZone } = agreement;
  const today = localDateAt(facts.now, timeZone);
  const last = lastPaymentOn(file);
  const inMoney = (minor: bigint | null) => (minor === null ? null : money({ currency }, minor));
  return {
    id: agreement.id,
    type: agreement.type,
    position: facts.position,
    inForce: isInForce(agreement),
    status: agreement.status,
    seriesOfOrder: facts.seriesOfOrder,
    credentialIsIts: facts.credentialId !== null && facts.credentialId === agreement.credentialId,
    currency,
    fixedAmount: inMoney(fixedAmount(file)),
    minimumAmount: inMoney(agreement.minimum),
    maximumAmount: inMoney(agreement.maximum),
    minimumDays: agreement.minimumDays,
    numberOfPayments: agreement.numberOfPayments,
    startDate: agreement.startDate,
    expiryDate: agreement.expiryDate,
    today,
    paymentsMade: paymentsMade(file),
    daysSinceLast: last === null ? null : daysBetween(last, today),
  };
}

/** Only what the payer was told never to vary: an agreement may have a usual amount and still be VARIABLE. */
function fixedAmount({ agreement }: AgreementFile): bigint | null {
  const amount = chargeAmountOf(agreement);
  return agreement.amountVariability === 'FIXED' && amount?.mode === 'FIXED' ? amount.amount : null;
}

/** Those that are under way count: two at once must not both be the last. */
function paymentsMade({ agreement, charges }: AgreementFile): number {
  return (
    agreement.paymentsMade + charges.filter(({ liveOrderId, kind }) => liveOrderId && kind !== 'FIRST_PART').length
  );
}
