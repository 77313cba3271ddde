import { dateLater, instantAt, localDateAt } from '../../../kernel/calendar.js';

/** An invoice is closed on this day of the month after its own, as that day begins. */
const CLOSING_DAY = '02';

const MONTHS_AHEAD_MAX = 12;

const NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** The month of a date, by its first day: `2026-10-17` is of `2026-10-01`. */
export function monthOf(date: string): string {
  return `${date.slice(0, 7)}-01`;
}

/** "October 2026". */
export function monthName(month: string): string {
  return `${NAMES[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`;
}

/** When the invoice of a month closes: as the 2nd of the next one begins where the merchant is. */
export function closingTime(month: string, timeZone: string): Date {
  const next = dateLater(month, 1, 'MONTH');
  if (!next) throw new RangeError(`no month follows ${month}`);
  return instantAt(`${next.slice(0, 8)}${CLOSING_DAY}`, '00:00', timeZone);
}

/** The merchant's date at a moment: what an item is dated that names no date. */
export function today(now: Date, timeZone: string): string {
  return localDateAt(now, timeZone);
}

/** The last date that an item may have now: one that is years away is a slip of the pen. */
export function lastDate(now: Date, timeZone: string): string {
  const last = dateLater(today(now, timeZone), MONTHS_AHEAD_MAX, 'MONTH');
  if (!last) throw new RangeError(`no date lies ${MONTHS_AHEAD_MAX} months after ${now.toISOString()}`);
  return last;
}

/** What a draft is called until somebody calls it otherwise. */
export function defaultTitle(month: string): string {
  return `Invoice for ${monthName(month)}`;
}
