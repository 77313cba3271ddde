import type { ChargeStop } from './words.js';

/** That the amount was no good is no word about the payer: with another amount the invoice is charged as if it were new. */
export function isStopped(chargeStop: ChargeStop | null): boolean {
  return chargeStop !== null && chargeStop !== 'AMOUNT_NOT_ACCEPTED';
}

/** What a bank or the merchant said of charging it stays said, whatever the amount. */
export function mayBecomeAmountStop(chargeStop: ChargeStop | null): boolean {
  return !isStopped(chargeStop) || chargeStop === 'NO_AGREEMENT' || chargeStop === 'REFUSED_BY_TERMS';
}
