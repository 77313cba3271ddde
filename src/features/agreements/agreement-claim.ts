import { daysBetween, localDateAt } from '../../kernel/calendar.js';
import type { AgreementClaim } from '../orders/index.js';
import { type AgreementFile, type ChargeRow, isInForce, money } from './agreement-rows.js';
import { chargeAmountOf, lastPaymentOn, takesPlace } from './plan.js';

export interface ClaimFacts {
  readonly position: AgreementClaim['position'];
  /** What is charged; null for what the payer pays in person. */
  readonly charge: ChargeRow | null;
  /** What the payment is paid with; null for what is not stored yet. */
  readonly credentialId: string | null;
  readonly seriesOfOrder: string | null;
  readonly now: Date;
}

/** The agreement as the schemes' rules need to know it. */
export function agreementClaim(file: AgreementFile, facts: ClaimFacts): AgreementClaim {
  const { agreement } = file;
  const { charge } = facts;
  const { currency, timeZone } = agreement;
  // The amount was frozen when the charge was claimed: what was agreed on since is for those to come.
  const isFrozen = charge !== null && charge.attempts > 0;
  const today = localDateAt(facts.now, timeZone);
  const last = lastPaymentOn(file);
  const inMoney = (minor: bigint | null) => (minor === null ? null : money({ currency }, minor));
  return {
    id: agreement.id,
    type: agreement.type,
    position: facts.position,
    inForce: isInForce(agreement) || (charge?.kind === 'PAY_OFF' && agreement.status === 'SUSPENDED'),
    status: agreement.status,
    seriesOfOrder: facts.seriesOfOrder,
    credentialIsIts: facts.credentialId !== null && facts.credentialId === agreement.credentialId,
    currency,
    fixedAmount: isFrozen ? null : inMoney(fixedAmount(file)),
    minimumAmount: isFrozen ? null : inMoney(agreement.minimum),
    maximumAmount: isFrozen ? null : inMoney(agreement.maximum),
    minimumDays: agreement.minimumDays,
    numberOfPayments: agreement.numberOfPayments,
    startDate: agreement.startDate,
    expiryDate: agreement.expiryDate,
    today,
    paymentsMade: agreement.paymentsMade + underWay(file, charge),
    daysSinceLast: last === null ? null : daysBetween(last, today),
  };
}

/** Only what the payer was told never to vary: an agreement may have a usual amount and still be VARIABLE. */
function fixedAmount({ agreement }: AgreementFile): bigint | null {
  const amount = chargeAmountOf(agreement);
  return agreement.amountVariability === 'FIXED' && amount?.mode === 'FIXED' ? amount.amount : null;
}

/**
 * The places that other charges take: two at once must not both be the last, and
 * one that waits for its retry keeps its own. The rest of a plan is for the parts that wait.
 */
function underWay({ charges }: AgreementFile, charge: ChargeRow | null): number {
  const others = charges.filter((each) => each.id !== charge?.id && takesPlace(each));
  return charge?.kind === 'PAY_OFF' ? others.filter(({ liveOrderId }) => liveOrderId).length : others.length;
}
