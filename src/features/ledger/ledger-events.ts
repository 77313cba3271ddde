import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { DifferenceRow } from './checks-sql.js';
import type { PayoutRow } from './payouts-sql.js';
import type { SettlementRow } from './settlements-sql.js';

/** What others may react to. Payloads hold public ids and amounts in words: merchants read those that name a merchant. */
export const PAYOUT_STATUS_CHANGED = 'payout.status_changed';
export const SETTLEMENT_RECORDED = 'settlement.recorded';
export const LEDGER_DIFFERENCE_FOUND = 'ledger.difference_found';

/** `previousStatus` is null for a payout that was not known before. */
export function payoutStatusChanged(previousStatus: string | null, payout: PayoutRow): DomainEvent {
  return {
    type: PAYOUT_STATUS_CHANGED,
    subjectId: payout.id,
    merchantId: null,
    payload: {
      payoutId: publicId('payout', payout.id),
      mode: payout.mode,
      previousStatus,
      status: payout.status,
      ...inWords(payout.amount, payout),
      failureReason: payout.failureReason,
    },
  };
}

export function settlementRecorded(settlement: SettlementRow): DomainEvent {
  return {
    type: SETTLEMENT_RECORDED,
    subjectId: settlement.id,
    merchantId: settlement.merchantId,
    payload: {
      settlementId: publicId('settlement', settlement.id),
      mode: settlement.mode,
      ...inWords(settlement.amount, settlement),
      fees: Money.of(settlement.fees, settlement.currency).toDecimal(),
      reference: settlement.reference,
    },
  };
}

/** For the operator, whose books they are: a merchant is told nothing of it. */
export function ledgerDifferenceFound(difference: DifferenceRow, mode: string): DomainEvent {
  const { kind, merchantId, orderId, movementExternalId, detail } = difference;
  return {
    type: LEDGER_DIFFERENCE_FOUND,
    subjectId: difference.id,
    merchantId: null,
    payload: {
      mode,
      kind,
      ...(merchantId && { merchantId: publicId('merchant', merchantId) }),
      ...(orderId && { orderId: publicId('order', orderId) }),
      movementExternalId,
      detail,
    },
  };
}

function inWords(minor: bigint, { currency }: Pick<PayoutRow, 'currency'>) {
  return { amount: Money.of(minor, currency).toDecimal(), currency };
}
