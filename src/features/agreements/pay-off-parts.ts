import { nextState } from '../../kernel/state-machine.js';
import { type AgreementFile, type AgreementRow, type ChargeRow, isOwed } from './agreement-rows.js';
import { CHARGE_TRANSITIONS } from './domain/agreement-status.js';
import { lastNumber } from './domain/charge-amount.js';
import { amountOfNumber, chargeAmountOf } from './plan.js';

/** What nobody has paid of an instalment plan: the parts to come, and those that failed. */
export function owedOf({ agreement, charges }: AgreementFile): bigint {
  let owed = 0n;
  for (let number = agreement.nextNumber; number <= lastPart(agreement); number += 1) {
    owed += amountOfNumber(agreement, number) ?? 0n;
  }
  return charges.filter(isOwed).reduce((sum, { amount }) => sum + amount, owed);
}

/** The rest of an instalment plan was paid at once: no part of it is charged any more, but for one that came back since. */
export function closeParts({ agreement, charges }: AgreementFile, payOff: ChargeRow, now: Date): void {
  for (const charge of charges) {
    if (!isOwed(charge) || charge.liveOrderId) continue;
    if (charge.finishedAt && charge.finishedAt > payOff.createdAt) continue;
    if (charge.status === 'OPEN') charge.status = nextState(CHARGE_TRANSITIONS, charge.status, 'giveUp');
    Object.assign(charge, { gaveUpBecause: 'PAID_OFF', giveUpAs: null, retryAt: null, finishedAt: now });
  }
  agreement.nextNumber = lastPart(agreement) + 1;
}

/** That payment came back: what it paid for is owed again, and the schedule goes on with the first part that was never tried. */
export function chargePartsAgain({ agreement, charges }: AgreementFile): void {
  for (const charge of charges) if (charge.gaveUpBecause === 'PAID_OFF') charge.gaveUpBecause = 'RETURNED';
  const claimed = new Set(charges.map(({ number }) => number));
  let number = 1;
  while (claimed.has(number)) number += 1;
  agreement.nextNumber = number;
}

function lastPart(agreement: AgreementRow): number {
  const amounts = chargeAmountOf(agreement);
  return (amounts && lastNumber(amounts)) ?? 0;
}
