import { daysBetween, daysLater, localDateAt } from '../../../kernel/calendar.js';

export interface Spacing {
  /** Null when nothing was paid yet. */
  readonly lastPaymentDate: string | null;
  /** Null when no distance was agreed. */
  readonly minimumDays: number | null;
  readonly timeZone: string;
}

/**
 * When a charge planned for `at` may be made without coming too soon after the
 * last payment, at the same time of day. Days are counted between dates in the
 * agreement's zone, which is how a payer reads "at least 30 days apart".
 */
export function earliestAllowed(at: Date, { lastPaymentDate, minimumDays, timeZone }: Spacing): Date {
  if (lastPaymentDate === null || minimumDays === null) return at;
  const missing = minimumDays - daysBetween(lastPaymentDate, localDateAt(at, timeZone));
  return missing > 0 ? daysLater(at, missing, timeZone) : at;
}
