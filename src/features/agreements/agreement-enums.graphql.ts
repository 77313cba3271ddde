import { enumOf } from '../../platform/graphql/enum-of.js';
import { AGREEMENT_STATUSES, CHARGE_STATUSES } from './domain/agreement-status.js';
import { SCHEDULE_PERIODS } from './domain/schedule.js';
import { CHANGE_KINDS, CHARGE_KINDS, GIVE_UP_CAUSES, SUSPENSION_CAUSES } from './domain/words.js';
import { INSTALLMENT_STATUSES } from './installments.js';

export const AgreementStatusEnum = enumOf('AgreementStatus', 'How an agreement stands.', AGREEMENT_STATUSES, {
  PENDING: 'The payer has not made the first transaction yet. Nothing is charged, and in time it is CANCELED.',
  ACTIVE: 'It may be charged: by its schedule where it has one, and when the merchant asks.',
  PAST_DUE: 'A charge failed and is being tried again. What comes next by the schedule is charged all the same.',
  SUSPENDED: 'Nothing is charged until `resumeAgreement`: see `suspendedBecause`. It can still expire.',
  COMPLETED:
    'All that was agreed has been paid, or the schedule has come to its end. A bank debit that comes back later makes ' +
    'it SUSPENDED.',
  CANCELED: 'Ended by the merchant, or because the first transaction never came. It cannot be charged again.',
  EXPIRED: 'Its `expiryDate` has passed. The payer must agree anew.',
});

export const SuspensionCauseEnum = enumOf(
  'SuspensionCause',
  'Why nothing is charged under an agreement for now.',
  SUSPENSION_CAUSES,
  {
    REQUESTED: 'By `suspendAgreement`.',
    RETRIES_EXHAUSTED: 'A charge was declined as often as the merchant’s retry policy allows.',
    HARD_DECLINE: 'The bank said no for good: a card that is lost, a consent that was withdrawn.',
    SCHEME_LIMIT: 'The card was tried as often as the card schemes allow: 15 times in 30 days.',
    CREDENTIAL_UNUSABLE: 'The means of payment was removed or detached: give another by `replaceAgreementCredential`.',
    FIRST_PAYMENT_UNDONE: 'The payer’s first payment was released before it was captured.',
    NOT_ALLOWED: 'A rule forbade the next charge before anything was sent; the `history` says which.',
    PAYMENT_RETURNED: 'The bank took a debit back after it had been paid.',
  },
);

export const SchedulePeriodEnum = enumOf('SchedulePeriod', 'The unit of a schedule.', SCHEDULE_PERIODS, {
  DAY: 'Calendar days, whatever daylight saving makes of their length.',
  WEEK: 'Seven days: always the weekday of the start date.',
  MONTH: 'The day of the start date, or the last day of a month that is shorter; then the full day again.',
  YEAR: 'The date of the start date; of 29 February the 28th in other years.',
});

export const ChargeStatusEnum = enumOf('AgreementChargeStatus', 'What became of a charge so far.', CHARGE_STATUSES, {
  OPEN: 'It is being made, or will be tried again at `retryAt`.',
  PAID: 'An attempt was paid.',
  FAILED: 'Given up: see `gaveUpBecause`. A success that arrives late still makes it PAID.',
});

export const ChargeKindEnum = enumOf('AgreementChargeKind', 'What is charged for.', CHARGE_KINDS, {
  SCHEDULED: 'A period of the schedule; it has a `number`.',
  FIRST_PART: 'The part of an instalment plan that the payer pays in person.',
  EXTRA: 'Asked for by `chargeAgreement`, outside the schedule.',
  TOP_UP: 'A reported balance fell below the threshold.',
  PAY_OFF: 'All that was left of an instalment plan, at once.',
});

export const GiveUpCauseEnum = enumOf('GiveUpCause', 'Why a charge is not tried any more.', GIVE_UP_CAUSES, {
  HARD_DECLINE: 'The bank said no for good.',
  RETRIES_EXHAUSTED: 'The retry policy has no day left.',
  SCHEME_LIMIT: 'The card was tried as often as the card schemes allow.',
  NOT_TO_BE_TRIED_AGAIN: 'The payment system advised against another try.',
  NEXT_PERIOD_DUE: 'The next period fell due: one period is charged at a time, and the older one gives way.',
  PAID_OFF: 'The plan was paid off early, this part with it.',
  AGREEMENT_ENDED: 'The agreement ended while it was open.',
  CANCELED: 'The attempt was cancelled by the merchant.',
  DECLINED: 'It was declined, and a charge of this kind is tried once only.',
  RETURNED: 'The bank took the payment back.',
});

export const ChangeKindEnum = enumOf('AgreementChangeKind', 'What an entry of a history tells of.', CHANGE_KINDS, {
  CREATED: 'The agreement was made or imported.',
  STATUS: 'It came to another status.',
  TERMS: 'Dates, limits or notes were changed.',
  SCHEDULE: 'When it is charged was changed.',
  CHARGE_AMOUNT: 'How much each charge is was changed.',
  CREDENTIAL: 'It is charged with another means of payment.',
  CHARGE_GIVEN_UP: 'A charge is not tried any more.',
  PERIODS_SKIPPED: 'Periods passed without a charge, and are not made up for.',
  TOP_UP: 'The threshold or the amount of a top-up was changed.',
});

export const InstallmentStatusEnum = enumOf(
  'InstallmentStatus',
  'How a part of an instalment plan stands.',
  INSTALLMENT_STATUSES,
  {
    PLANNED: 'Not due yet.',
    OPEN: 'Due: it is being charged, or was declined and will be tried again.',
    PAID: 'The payer paid it.',
    PAID_OFF: 'Paid early, with all other parts that were left.',
    FAILED: 'Given up; it is still owed.',
    CANCELED: 'The plan ended before it was due.',
  },
);
