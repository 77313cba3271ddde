export const CHARGE_MODES = ['FIXED', 'RANGE', 'SEQUENCE'] as const;
export type ChargeMode = (typeof CHARGE_MODES)[number];

/** Why nothing is charged for now. */
export const SUSPENSION_CAUSES = [
  'REQUESTED',
  'RETRIES_EXHAUSTED',
  'HARD_DECLINE',
  'SCHEME_LIMIT',
  'CREDENTIAL_UNUSABLE',
  'FIRST_PAYMENT_UNDONE',
  'PAYMENT_RETURNED',
  'NOT_ALLOWED',
] as const;
export type SuspensionCause = (typeof SUSPENSION_CAUSES)[number];

/**
 * What a charge is for. `FIRST_PART` is the part of an instalment plan that the
 * payer pays in person; `EXTRA` is asked for by the merchant outside a schedule.
 */
export const CHARGE_KINDS = ['SCHEDULED', 'FIRST_PART', 'EXTRA', 'TOP_UP', 'PAY_OFF'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** Why a charge is not tried any more. */
export const GIVE_UP_CAUSES = [
  'HARD_DECLINE',
  'RETRIES_EXHAUSTED',
  'SCHEME_LIMIT',
  'NOT_TO_BE_TRIED_AGAIN',
  'NEXT_PERIOD_DUE',
  'PAID_OFF',
  'AGREEMENT_ENDED',
  'RETURNED',
  'CANCELED',
  'DECLINED',
] as const;
export type GiveUpCause = (typeof GIVE_UP_CAUSES)[number];

/** What an entry of an agreement's history tells of. */
export const CHANGE_KINDS = [
  'CREATED',
  'STATUS',
  'TERMS',
  'SCHEDULE',
  'CHARGE_AMOUNT',
  'CREDENTIAL',
  'CHARGE_GIVEN_UP',
  'PERIODS_SKIPPED',
  'TOP_UP',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
