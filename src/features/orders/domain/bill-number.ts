/** Damm's quasigroup: its check digit catches every single wrong digit and every swap of neighbours. */
const DAMM = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/**
 * Twelve digits, the last a check digit: short enough to be read over the
 * telephone, one too few to be taken for a card number.
 */
export const BILL_NUMBER_DIGITS = 12;

/** How many bill numbers there are, per operator. */
export const BILL_NUMBERS = 10 ** (BILL_NUMBER_DIGITS - 1);

/** The bill number with that ordinal, 0 ≤ ordinal < BILL_NUMBERS. */
export function billNumber(ordinal: number): string {
  const digits = ordinal.toString().padStart(BILL_NUMBER_DIGITS - 1, '0');
  return digits + checkDigit(digits);
}

/** Whether the text is a bill number without a slip of the pen in it. */
export function isBillNumber(text: string): boolean {
  return /^\d{12}$/.test(text) && checkDigit(text) === 0;
}

function checkDigit(digits: string): number {
  let interim = 0;
  for (const digit of digits) interim = DAMM[interim]?.[Number(digit)] ?? 0;
  return interim;
}
