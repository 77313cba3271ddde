import type { TransitionTable } from '../../../kernel/state-machine.js';

export const AGREEMENT_STATUSES = [
  'PENDING',
  'ACTIVE',
  'PAST_DUE',
  'SUSPENDED',
  'COMPLETED',
  'CANCELED',
  'EXPIRED',
] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

export type AgreementEvent =
  | 'establish'
  | 'abandon'
  | 'fallBehind'
  | 'recover'
  | 'suspend'
  | 'resume'
  | 'complete'
  | 'reclaim'
  | 'cancel'
  | 'expire';

/**
 * `PENDING` waits for the payer's first transaction, without which nothing may be
 * charged. A suspended agreement completes when its payer pays off the rest, and
 * expires like any other: consent does not last longer because nobody uses it.
 * A bank may take a debit back after the last payment: what it paid is owed again.
 */
export const AGREEMENT_TRANSITIONS: TransitionTable<AgreementStatus, AgreementEvent> = {
  PENDING: { establish: 'ACTIVE', abandon: 'CANCELED', cancel: 'CANCELED' },
  ACTIVE: {
    fallBehind: 'PAST_DUE',
    suspend: 'SUSPENDED',
    complete: 'COMPLETED',
    cancel: 'CANCELED',
    expire: 'EXPIRED',
  },
  PAST_DUE: {
    recover: 'ACTIVE',
    suspend: 'SUSPENDED',
    complete: 'COMPLETED',
    cancel: 'CANCELED',
    expire: 'EXPIRED',
  },
  SUSPENDED: { resume: 'ACTIVE', complete: 'COMPLETED', cancel: 'CANCELED', expire: 'EXPIRED' },
  COMPLETED: { reclaim: 'SUSPENDED' },
  CANCELED: {},
  EXPIRED: {},
};

export const CHARGE_STATUSES = ['OPEN', 'PAID', 'FAILED'] as const;
export type ChargeStatus = (typeof CHARGE_STATUSES)[number];

export type ChargeEvent = 'pay' | 'giveUp' | 'reopen' | 'returnPayment';

/**
 * One period's charge. `OPEN` is being charged or retried. One that was given up
 * is still paid by a success that arrives late: the money has moved. A payer's
 * bank may take a debit back weeks after it was paid, and then somebody decides
 * whether the charge is opened again.
 */
export const CHARGE_TRANSITIONS: TransitionTable<ChargeStatus, ChargeEvent> = {
  OPEN: { pay: 'PAID', giveUp: 'FAILED' },
  PAID: { returnPayment: 'FAILED' },
  FAILED: { pay: 'PAID', reopen: 'OPEN' },
};
