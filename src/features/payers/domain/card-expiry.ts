export interface CardExpiry {
  /** 1 to 12; null for what does not expire, a bank account. */
  readonly expiryMonth: number | null;
  readonly expiryYear: number | null;
}

/** Whether a card is beyond its last day, the last one of the month on it. The date is as calendars show it: '2026-11-21'. */
export function isExpiredOn({ expiryMonth, expiryYear }: CardExpiry, date: string): boolean {
  if (expiryMonth === null || expiryYear === null) return false;
  const lastMonth = `${String(expiryYear).padStart(4, '0')}-${String(expiryMonth).padStart(2, '0')}`;
  return date.slice(0, lastMonth.length) > lastMonth;
}
