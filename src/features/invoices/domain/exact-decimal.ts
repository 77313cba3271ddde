/**
 * Quantities, prices and rates are texts of a fixed number of fraction digits
 * in the database, and integers of that many digits when they are reckoned
 * with: nothing is ever a float.
 */

/** The number that a text without a sign stands for, in units of 10^-digits. The text has no more digits than that. */
export function scaled(text: string, digits: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(digits, '0'));
}

/** The same number without zeros that say nothing, but with at least so many fraction digits: "10.50", "0.00015". */
export function plainDecimal(text: string, digitsMin = 0): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(digitsMin, '0');
  const units = whole.replace(/^0+(?=\d)/, '');
  return kept === '' ? units : `${units}.${kept}`;
}
