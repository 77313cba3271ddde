import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { type AgreementRow, type ChargeRow, money } from './agreement-rows.js';

/** What others may react to. Payloads hold public ids and amounts in words: merchants read them. */
export const AGREEMENT_STATUS_CHANGED = 'agreement.status_changed';
export const CHARGE_FAILED = 'agreement.charge_failed';
export const CHARGE_NEEDS_PAYER = 'agreement.charge_needs_payer';
export const CHARGE_COMING = 'agreement.charge_coming';
export const CARD_EXPIRING = 'agreement.card_expiring';

/** `previousStatus` is null for an agreement that has just been made. */
export function agreementStatusChanged(previousStatus: string | null, agreement: AgreementRow): DomainEvent {
  const { status, suspendedBecause } = agreement;
  return agreementEvent(AGREEMENT_STATUS_CHANGED, agreement, { previousStatus, status, suspendedBecause });
}

/** `retryAt` is null when it is not tried again; `gaveUpBecause` then says why. */
export function chargeFailed(agreement: AgreementRow, charge: ChargeRow): DomainEvent {
  return chargeEvent(CHARGE_FAILED, agreement, charge, {
    declineCode: charge.declineCode,
    attempts: charge.attempts,
    retryAt: charge.retryAt?.toISOString() ?? null,
    gaveUpBecause: charge.gaveUpBecause,
  });
}

/** The payer's bank wants to see the payer: they confirm this very payment on the order's page. */
export function chargeNeedsPayer(agreement: AgreementRow, charge: ChargeRow, orderId: string): DomainEvent {
  return chargeEvent(CHARGE_NEEDS_PAYER, agreement, charge, { orderId: publicId('order', orderId) });
}

/** The next charge is near; payers like to know. */
export function chargeComing(agreement: AgreementRow, amount: bigint | null): DomainEvent {
  return agreementEvent(CHARGE_COMING, agreement, {
    number: agreement.nextNumber,
    chargeAt: agreement.nextChargeAt?.toISOString() ?? null,
    amount: amount === null ? null : money(agreement, amount).toDecimal(),
    currency: agreement.currency,
  });
}

/** The card ends before the next charge: the payer gives another one with `replaceAgreementCredential`. */
export function cardExpiring(agreement: AgreementRow, expiryMonth: number, expiryYear: number): DomainEvent {
  return agreementEvent(CARD_EXPIRING, agreement, {
    expiryMonth,
    expiryYear,
    chargeAt: agreement.nextChargeAt?.toISOString() ?? null,
  });
}

function chargeEvent(
  type: string,
  agreement: AgreementRow,
  charge: ChargeRow,
  payload: Record<string, unknown>,
): DomainEvent {
  return agreementEvent(type, agreement, {
    chargeId: publicId('agreementCharge', charge.id),
    number: charge.number,
    amount: money(agreement, charge.amount).toDecimal(),
    currency: agreement.currency,
    ...payload,
  });
}

function agreementEvent(type: string, agreement: AgreementRow, payload: Record<string, unknown>): DomainEvent {
  const { id, merchantId, reference, mode } = agreement;
  return {
    type,
    subjectId: id,
    merchantId,
    payload: { agreementId: publicId('agreement', id), reference, mode, ...payload },
  };
}
