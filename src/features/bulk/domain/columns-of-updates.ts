import { type Column, column } from './column.js';
import { chargeColumns } from './columns-shared.js';

const NULLABLE = { takesNull: true };

/** `updateAgreements`: a row is an `updateAgreement`. An empty cell changes nothing; `null` takes away. */
export const UPDATE_COLUMNS: readonly Column[] = [
  column(
    'changeReference',
    'REFERENCE',
    'prices-2030/gym-4711',
    "The merchant's own name of this change, 1 to 100 characters. It is the row's reference: a change is made once.",
    { required: true },
  ),
  column(
    'agreementId',
    'TEXT',
    'agr_01jd8x2v5kfa3t9m7c4e6r0hzq',
    'Which agreement is changed. Exactly one of this and agreementReference.',
  ),
  column('agreementReference', 'REFERENCE', 'gym-4711', "The merchant's own reference of it, its terms.reference."),
  column('expiryDate', 'DAY', '2031-12-31', 'The last day on which the payer may be charged; after today.', NULLABLE),
  column('minimumAmount', 'DECIMAL', '5.00', 'The least that one charge may be, in major units.', NULLABLE),
  column('maximumAmount', 'DECIMAL', '100.00', 'The most that one charge may be, in major units.', NULLABLE),
  column(
    'minimumDaysBetweenPayments',
    'WHOLE_NUMBER',
    '20',
    'Two charges lie at least so many days apart, 1 to 9999.',
    NULLABLE,
  ),
  column('numberOfPayments', 'WHOLE_NUMBER', '24', 'How many charges may be made in all, 1 to 999.', NULLABLE),
  column('chargeAmount', 'NULL', 'null', 'Takes the amount away: the merchant names one each time.', NULLABLE),
  column('schedule', 'NULL', 'null', 'Takes the schedule away: charges come only when asked for.', NULLABLE),
  column('topUp', 'NULL', 'null', 'Takes the top-up away.', NULLABLE),
  ...chargeColumns(NULLABLE),
  column('metadata', 'NULL', 'null', 'Takes all notes away.', NULLABLE),
  column(
    'metadata.<key>',
    'TEXT',
    'gold',
    'A note. A row that has any is given all its notes anew; keys of up to 40 characters, values of up to 500.',
  ),
];
