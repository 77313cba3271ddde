const DAY_MS = 86_400_000;

/** The same hour so many business days later; banks rest on Saturdays and Sundays. */
export function businessDaysAfter(ms: number, days: number): number {
  let at = ms;
  for (let left = days; left > 0; ) {
    at += DAY_MS;
    const weekday = new Date(at).getUTCDay();
    if (weekday !== 0 && weekday !== 6) left -= 1;
  }
  return at;
}
