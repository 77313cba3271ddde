import { type Column, column } from './column.js';

/** `chargeAgreements`: a row is a `chargeAgreement`. */
export const CHARGE_COLUMNS: readonly Column[] = [
  column(
    'orderNumber',
    'REFERENCE',
    '2030-01-gym-4711',
    "The merchant's number of the order, 1 to 128 characters. It is the row's reference: the same row again is not another charge.",
    { required: true },
  ),
  column(
    'agreementId',
    'TEXT',
    'agr_01jd8x2v5kfa3t9m7c4e6r0hzq',
    'Which agreement is charged. Exactly one of this and agreementReference.',
  ),
  column('agreementReference', 'REFERENCE', 'gym-4711', "The merchant's own reference of it, its terms.reference."),
  column('amount', 'DECIMAL', '20.00', "How much, in major units. Empty: what the agreement's chargeAmount says."),
  column('description', 'TEXT', 'January', 'Up to 500 characters; payers may see it.'),
  column('period', 'WHOLE_NUMBER', '3', 'Which period of the schedule is charged. Empty: the one that is due.'),
  column('outsideSchedule', 'BOOLEAN', 'false', 'true: an extra charge beside the schedule. Empty: false.'),
];
