import { type Column, column } from './column.js';

/** What is charged, and when: the same words for new agreements and for changed ones. */
export function chargeColumns({ takesNull }: { readonly takesNull: boolean }): readonly Column[] {
  const only = { takesNull };
  return [
    column('chargeAmount.fixed', 'DECIMAL', '20.00', 'Every charge is this much, in major units.'),
    column('chargeAmount.range.from', 'DECIMAL', '5.00', 'Every charge is drawn from a range: the least.'),
    column('chargeAmount.range.to', 'DECIMAL', '50.00', 'The most of that range.'),
    column(
      'chargeAmount.sequence',
      'DECIMALS',
      '10.00 10.00 15.00',
      'The amounts by number of period, separated by spaces, 1 to 999 of them. Give one of fixed, range and sequence.',
    ),
    column('schedule.period', 'TEXT', 'MONTH', 'DAY, WEEK, MONTH or YEAR: what schedule.interval counts.'),
    column('schedule.interval', 'WHOLE_NUMBER', '1', 'A charge every so many periods, 1 to 999. Empty: 1.'),
    column('schedule.startDate', 'DAY', '2030-01-31', 'The first charge; needed with a schedule.'),
    column('schedule.finishDate', 'DAY', '2030-12-31', 'The last day on which a charge may fall.', only),
    column('schedule.timeZone', 'TEXT', 'Europe/Berlin', "IANA name. Empty: the merchant's.", only),
    column('schedule.localTime', 'TEXT', '09:00', 'The time of day of a charge there. Empty: 09:00.', only),
    column('topUp.threshold', 'DECIMAL', '5.00', 'UNSCHEDULED: a reported balance below this is topped up.'),
    column('topUp.amount', 'DECIMAL', '25.00', 'How much is charged then.'),
  ];
}
