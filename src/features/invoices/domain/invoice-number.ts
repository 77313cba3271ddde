const DIGITS = 6;

/**
 * How a place in a series is written: `INV-000042`, `CN-000007`, and before it
 * `TEST-` where no real money is meant. The series of a merchant has no gaps,
 * which tax offices ask for; tests have one of their own.
 */
export function seriesNumber(
  prefix: 'INV' | 'CN',
  { mode, number }: { readonly mode: string; readonly number: number },
) {
  const text = `${prefix}-${String(number).padStart(DIGITS, '0')}`;
  return mode === 'TEST' ? `TEST-${text}` : text;
}

/** Null until it is closed. */
export function invoiceNumber({
  mode,
  number,
}: {
  readonly mode: string;
  readonly number: number | null;
}): string | null {
  return number === null ? null : seriesNumber('INV', { mode, number });
}

const NUMBER = /INV-(?<digits>\d{6,10})$/;
const LAST = 2 ** 31 - 1;

/** The place in the series of a mode that a written number names; undefined for what is no number of it. */
export function numberOfInvoice(text: string, mode: string): number | undefined {
  const number = Number(NUMBER.exec(text)?.groups?.digits ?? 0);
  // Written again it is the same text: whatever stands before it, and a zero too many, is not.
  const isOne = number >= 1 && number <= LAST && seriesNumber('INV', { mode, number }) === text;
  return isOne ? number : undefined;
}
