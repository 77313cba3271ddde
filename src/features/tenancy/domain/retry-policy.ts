/** Days after a failed scheduled charge on which it is tried again, unless the merchant has others. */
export const DEFAULT_RETRY_DAYS: readonly number[] = [1, 3, 5, 7];

/** The schemes count tries over 30 days; a retry later than that belongs to the next period. */
const DAY_MAX = 30;
const TRIES_MAX = 10;

/** What is wrong with a retry policy, or null. An empty one is allowed: nothing is tried again. */
export function retryDaysFault(days: readonly number[]): string | null {
  if (days.length > TRIES_MAX) return `must have at most ${TRIES_MAX} days, not ${days.length}`;
  const outside = days.find((day) => !Number.isInteger(day) || day < 1 || day > DAY_MAX);
  if (outside !== undefined) return `each day must be a whole number from 1 to ${DAY_MAX}, not ${outside}`;
  const ascending = days.every((day, index) => index === 0 || day > (days[index - 1] ?? 0));
  return ascending ? null : 'the days must ascend';
}
